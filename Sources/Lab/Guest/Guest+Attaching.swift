import Engine
import KernelText

extension Guest {
  /// System calls at whose beginning a process may stand still, with no lock held and interrupts on: one of
  /// them is made soon in any guest in which a program runs.
  private static let systemCalls = [
    "sched_yield", "clock_nanosleep", "nanosleep", "read", "write", "poll", "ppoll", "select",
    "pselect6", "epoll_wait", "epoll_pwait", "wait4", "futex", "openat", "newfstatat", "getpid",
  ]
  /// How long one of them is waited for, in seconds.
  private static let attachingSeconds = 60

  /// Waits until a process of a guest makes a system call, and gives the function and the registers there.
  static func stand(
    anywhereIn qemu: QEMU, _ symbols: Symbols, _ architecture: GuestArchitecture,
  ) throws(LabError) -> (place: UInt64, registers: [UInt8]) {
    let prefix = architecture.yield.replacing("sched_yield", with: "")
    let places = systemCalls.compactMap { symbols.address(of: prefix + $0) }
    guard !places.isEmpty else { throw .noSymbol(architecture.yield) }
    let debugger = qemu.debugger
    let length = architecture.breakpointLength
    // QEMU stops the guest when somebody connects, and says so.
    if try debugger.waitForStop(milliseconds: 2000) == nil { try debugger.interrupt() }
    for place in places { try debugger.set(.instruction(place), length: length) }
    try debugger.goOn()
    let isThere = try debugger.waitForStop(milliseconds: attachingSeconds * 1000) != nil
    if !isThere { try debugger.interrupt() }
    for place in places { try debugger.clear(.instruction(place), length: length) }
    let registers = try debugger.registers()
    let place = registers.word(at: architecture.instruction)
    guard isThere, places.contains(place) else {
      try? debugger.detach()
      throw .notPossible(
        "no process of the guest made a system call in \(attachingSeconds) s; start one there, such as "
          + "`while :; do sleep 0.1; done`, and look whether kallsyms is of this very boot")
    }
    return (place, registers)
  }

  /// The end of RAM by `/proc/iomem`.
  static func ramEnd(_ iomem: String) throws(LabError) -> UInt64 {
    let ends = ((try? IomemText(iomem))?.resources ?? []).filter { $0.name.hasPrefix("System RAM") }
      .map(\.range.upperBound.rawValue)
    guard let end = ends.max() else { throw .notUnderstood("/proc/iomem") }
    return end
  }
}
