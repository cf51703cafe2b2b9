/** A binary (or command line) that can be started. */
export interface Artifact {
  /** Generation whose build made it. */
  readonly build: number;
  /** Absolute path of the kept copy, or null where the run command is an opaque shell string. */
  readonly path: string | null;
  /** Tells one content from another (`go:…`, `sha256:…`); null with an opaque command. */
  readonly hash: string | null;
  readonly sizeBytes: number;
  /** gust's files are in it, so that it can be started beside another version. */
  readonly shim: boolean;
}

/** Something that can be live: an artifact, and the generation that asked for it to run. */
export interface Version {
  readonly generation: number;
  readonly artifact: Artifact;
}

/** A listening socket of the program: `tcp`, `127.0.0.1:8080` or `unix`, `/run/app.sock`. */
export interface Address {
  readonly network: "tcp" | "udp" | "unix";
  readonly address: string;
}
