export interface ProxyConfig {
  readonly enabled: boolean;
  readonly proxyPort: number;
  readonly appPort: number;
  readonly appStartTimeoutMs: number;
  readonly host: string;
}

export interface BrowserConfig {
  readonly enabled: boolean;
  readonly overlay: boolean;
  readonly badge: boolean;
  readonly console: boolean;
  readonly hosts: readonly string[];
  readonly remote: boolean;
}

export interface EditorConfig {
  /** Words; none: found by itself. */
  readonly command: readonly string[];
}

export interface UiConfig {
  readonly enabled: boolean;
  /** 0: one that is free. */
  readonly port: number;
}
