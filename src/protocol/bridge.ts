/** Whether a real kubectl reaches the cluster of this tab, by way of the local server. */
export interface BridgeView {
  /** `here`: this tab answers; `elsewhere`: another tab does, whose session is newer; `lost`: the local server is away. */
  readonly state: "here" | "elsewhere" | "lost";
  /** Tabs that are open, this one included. */
  readonly tabs: number;
  /** The one line to type. */
  readonly command: string;
  /** Text of the file. */
  readonly kubeconfig: string;
}
