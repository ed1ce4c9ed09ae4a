import Engine
public struct TraceScenario {
  public init(_ t: FtraceText) {}
  public func text(kernel: KernelProfile, source: String) -> String { "" }
}
