/// Where a policy stands behind the calls of a machine, as work that the kernel does now and then.
protocol CallHooks: Sendable {
  /// A call is over.
  func didCall<Sink: EventSink>(
    _ returned: ReturnCode, _ machine: inout Machine, _ sink: inout Sink)
}

extension CallHooks {
  func didCall<Sink: EventSink>(
    _ returned: ReturnCode, _ machine: inout Machine, _ sink: inout Sink,
  ) {}
}
