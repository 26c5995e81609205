/**
 * The S3 clients that are compared, each a program of its own that reads the
 * same objects so many times and says what each time took.
 *
 * Packages of Python are put into folders of their own; PyTorch and NumPy,
 * which some depend on, are in the environment that DLIO trains in.
 */
import project from "../../deno.json" with { type: "json" };

/** The parameters of a client's program, as JSON in its first argument. */
export interface ClientOrder {
  /** Of Stoker, or a Python package and how it reads: "s3dlio.get_many". */
  readonly library: string;
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly keys: readonly string[];
  /** Requests in flight, of all threads. */
  readonly inFlight: number;
  /** How often all objects are read. */
  readonly passCount: number;
}

/** One reading of all objects; a client's program prints a list of these. */
export interface Pass {
  readonly seconds: number;
  /** User and system, of all threads of the client's process. */
  readonly cpuSeconds: number;
  readonly byteCount: number;
}

/** A client of the comparison. */
export interface S3Client {
  /** Named in orders. */
  readonly library: string;
  /** In the table. */
  readonly title: string;
  readonly version: string;
  /** Installs what is needed. @throws {Error} If that cannot be done. */
  prepare(): Promise<void>;
  /** Reads. @throws {Error} If that fails or takes minutes. */
  run(order: ClientOrder): Promise<readonly Pass[]>;
}

/** A package of Python, and the ways in which it reads. */
interface PythonPeer {
  readonly version: string;
  /** The package, and those of the same version that it needs. */
  readonly packages: readonly [string, ...string[]];
  /** Whether what it depends on is put beside it. @default {false} */
  readonly takesDependencies?: true;
  /** Titles by what orders name. */
  readonly readings: Readonly<Record<string, string>>;
}

const PYTHON_PEERS: readonly PythonPeer[] = [
  {
    version: "0.10.0",
    packages: ["s3dlio"],
    readings: {
      "s3dlio.get_many": "s3dlio, kept",
      "s3dlio.get_many_stats": "s3dlio, dropped",
    },
  },
  {
    version: "1.5.0",
    packages: ["s3torchconnector", "s3torchconnectorclient"],
    readings: {
      "s3torchconnector.read": "s3torchconnector, kept",
      "s3torchconnector.stream": "s3torchconnector, dropped",
    },
  },
  {
    version: "1.44.8",
    packages: ["boto3"],
    takesDependencies: true,
    readings: {
      "boto3.read": "boto3, kept",
      "boto3.stream": "boto3, dropped",
    },
  },
  {
    version: "7.2.20",
    packages: ["minio"],
    takesDependencies: true,
    readings: {
      "minio.read": "minio (Python), kept",
      "minio.stream": "minio (Python), dropped",
    },
  },
];

/** A client that takes longer is ended: it must not hold up the others. */
const LIMIT_MS = 120_000;

/**
 * All clients, Stoker's first.
 *
 * @param python Path of a Python that has PyTorch and NumPy.
 * @param cacheFolder Where packages are kept.
 */
export function s3Clients(python: string, cacheFolder: string): S3Client[] {
  return [
    stokerClient("fetch", `Deno ${Deno.version.deno}`),
    stokerClient("aws-sdk", versionOf("@aws-sdk/client-s3")),
    stokerClient("minio", versionOf("minio")),
    ...PYTHON_PEERS.flatMap((peer) =>
      Object.entries(peer.readings).map(([library, title]) => ({
        ...pythonClient(library, python, `${cacheFolder}/s3-peers`, peer),
        title,
      }))
    ),
  ];
}

function stokerClient(library: string, version: string): S3Client {
  const program = new URL("s3_stoker_client.ts", import.meta.url).pathname;
  return {
    library,
    title: `Stoker ${library}`,
    version,
    prepare: () => Promise.resolve(),
    run: (order) =>
      passesOf(
        Deno.execPath(),
        ["run", "--no-prompt", "-A", program],
        order,
      ),
  };
}

function pythonClient(
  library: string,
  python: string,
  packagesFolder: string,
  { version, packages, takesDependencies }: PythonPeer,
): Omit<S3Client, "title"> {
  const program = new URL("s3_client.py", import.meta.url).pathname;
  const folder = `${packagesFolder}/${packages[0]}-${version}`;
  return {
    library,
    version,
    async prepare() {
      if (await exists(folder)) return;
      const unfinished = `${folder}.unfinished`;
      await outputOf(python, [
        ...["-m", "pip", "install", "-q", "--upgrade"],
        ...(takesDependencies === true ? [] : ["--no-deps"]),
        ...["--target", unfinished],
        ...packages.map((name) => `${name}==${version}`),
      ]);
      // Only what is complete has the name that is looked for.
      await Deno.rename(unfinished, folder);
    },
    run: (order) => passesOf(python, [program], order, { PYTHONPATH: folder }),
  };
}

function versionOf(name: "@aws-sdk/client-s3" | "minio"): string {
  return project.imports[name].replace(/^.*@/, "");
}

async function passesOf(
  program: string,
  args: readonly string[],
  order: ClientOrder,
  env: Record<string, string> = {},
): Promise<readonly Pass[]> {
  const text = await outputOf(program, [...args, JSON.stringify(order)], env);
  return JSON.parse(text) as readonly Pass[];
}

/** @throws {Error} With what stderr says if the program fails. */
async function outputOf(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(LIMIT_MS),
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  const lines = decoder.decode(stderr).trim().split("\n");
  // Deno says what is wrong first, Python last.
  const said = lines.find((line) => line.startsWith("error: ")) ?? lines.at(-1);
  throw new Error(said || `ended after ${LIMIT_MS / 1000} s at most`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
