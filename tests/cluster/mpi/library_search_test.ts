import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Launcher } from "../../../lib/cluster/mpi/launcher.ts";
import { librarySearch } from "../../../lib/cluster/mpi/library_search.ts";

const OPENMPI: Launcher = {
  name: "mpirun (Open MPI)",
  family: "openmpi",
  rank: 0,
  size: 2,
};
const SRUN: Launcher = { name: "srun", family: null, rank: 0, size: 2 };

/** Places of two names in what is tried. */
function order(candidates: readonly string[], ...names: string[]): boolean {
  const places = names.map((name) => candidates.indexOf(name));
  return places.every((place, index) =>
    place >= 0 && (index === 0 || place > places[index - 1]!)
  );
}

Deno.test("the library beside the launcher's program comes before the system's", () => {
  const { candidates } = librarySearch("auto", OPENMPI, [
    "/opt/openmpi5/bin/prterun",
  ]);
  assertEquals(candidates[0], "/opt/openmpi5/lib/libmpi.so.40");
  assertEquals(
    order(candidates, "/opt/openmpi5/lib/libmpi.so.40", "libmpi.so.40"),
    true,
  );
});

Deno.test("--mpi overrides whose library the launcher means", () => {
  const { candidates, advice } = librarySearch("mpich", OPENMPI, []);
  assertEquals(candidates.includes("libmpi.so.40"), false);
  assertEquals(order(candidates, "libmpi.so.12", "libmpich.so.12"), true);
  assertStringIncludes(advice, "mpich");
});

Deno.test("the standard ABI of MPI 5 comes after the library's own", () => {
  const { candidates } = librarySearch("auto", OPENMPI, []);
  assertEquals(order(candidates, "libmpi.so.40", "libmpi_abi.so.1"), true);
  const named = librarySearch("openmpi", OPENMPI, []);
  assertEquals(named.candidates, ["libmpi.so.40"]);
});

Deno.test("a launcher of several libraries has all of them tried", () => {
  const { candidates } = librarySearch("auto", SRUN, []);
  assertEquals(
    order(candidates, "libmpi.so.40", "libmpi.so.12", "libmpi_abi.so.1"),
    true,
  );
});

Deno.test("a path is the only library that is tried", () => {
  const path = "/opt/cray/libmpi_gnu.so.12";
  assertEquals(librarySearch(path, SRUN, []).candidates, [path]);
});
