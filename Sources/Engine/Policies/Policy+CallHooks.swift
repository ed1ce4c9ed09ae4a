/// Where a policy stands behind the calls of a machine, as work that the kernel does now and then.
protocol CallHooks: Sendable {
  /// A call is over.
  func didCall(
    _ returned: ReturnCode, _ machine: inout Machine, _ sink: inout EventListener)
}

extension CallHooks {
  func didCall(
    _ returned: ReturnCode, _ machine: inout Machine, _ sink: inout EventListener,
  ) {}
}
