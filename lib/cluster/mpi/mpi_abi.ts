/**
 * The values by which MPI libraries know communicators, types and options.
 * There are three kinds of library, and a program must know which it has:
 *
 *    Open MPI 4, 5    handles are addresses of symbols, `ompi_mpi_comm_world`
 *    MPICH's ABI      handles are 32-bit integers: MPICH, Intel MPI, Cray MPICH,
 *                     MVAPICH (https://www.mpich.org/abi/)
 *    standard ABI     handles are pointers of fixed value: `libmpi_abi.so`
 *                     (MPI 5.0, chapter "Application Binary Interface", and
 *                     its header mpi.h, https://github.com/mpi-forum/mpi-abi-stubs)
 *
 * Handles are passed as 64-bit integers everywhere: a C function that takes a
 * 32-bit one uses the lower half of the register, on x86-64 and on AArch64.
 */

/** Values of one kind of library. */
export interface MpiAbi {
  /** MPI_COMM_WORLD. */
  readonly commWorld: bigint;
  /** MPI_BYTE. */
  readonly byteType: bigint;
  /** MPI_ERRORS_RETURN. */
  readonly errorsReturn: bigint;
  /** MPI_STATUS_IGNORE. */
  readonly statusIgnore: bigint;
  /** MPI_ANY_SOURCE. */
  readonly anySource: number;
  /** MPI_ANY_TAG. */
  readonly anyTag: number;
  /** MPI_THREAD_FUNNELED. */
  readonly threadFunneled: number;
}

/** Of MPICH's ABI: mpi.h of MPICH 3.1 and later. */
export const MPICH_ABI: MpiAbi = {
  commWorld: 0x44000000n,
  byteType: 0x4c00010dn,
  errorsReturn: 0x54000001n,
  statusIgnore: 1n,
  anySource: -2,
  anyTag: -1,
  threadFunneled: 1,
};

/** Of the ABI of MPI 5.0. */
export const STANDARD_ABI: MpiAbi = {
  commWorld: 0x101n,
  byteType: 0x247n,
  errorsReturn: 0x143n,
  statusIgnore: 0n,
  anySource: -1,
  anyTag: -2,
  threadFunneled: 1024,
};

/**
 * Of Open MPI, by the symbols of its library.
 *
 * @param addressOf Address of a symbol; 0n if there is none.
 * @returns Null if the library is not Open MPI.
 */
export function openMpiAbi(
  addressOf: (name: string) => bigint,
): MpiAbi | null {
  const commWorld = addressOf("ompi_mpi_comm_world");
  if (commWorld === 0n) return null;
  return {
    commWorld,
    byteType: addressOf("ompi_mpi_byte"),
    errorsReturn: addressOf("ompi_mpi_errors_return"),
    statusIgnore: 0n,
    anySource: -1,
    anyTag: -1,
    threadFunneled: 1,
  };
}
