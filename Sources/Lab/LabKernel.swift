public import Engine
public import History
public import Recordings
import Synchronization

/// A real kernel under test: makes calls on a guest and tells what they did to its page tables.
///
/// One thread at a time works with the guest; others wait.
public final class LabKernel: OutsideKernel {
  /// What the kernel says of itself.
  public let facts: GuestFacts
  /// The machine as it is after boot: the kernel's own direct map, leaf by leaf.
  public let machine: Machine
  /// The rules that come nearest to what it has.
  public let nearest: NearestProfile
  /// What a screen keeps of it.
  public let description: MachineDescription
  private let state: Mutex<LabState>

  /// Boots a kernel.
  ///
  /// - Parameters:
  ///   - profile: the rules that its calls are compared with; `nil` for the nearest to what the kernel
  ///     has.
  ///   - progress: is told what is being waited for.
  public convenience init(
    booting options: GuestOptions, as profile: KernelProfile? = nil,
    progress: @Sendable (String) -> Void = { _ in },
  ) throws(LabError) {
    try self.init(LabState(try Guest(booting: options, progress: progress), profile))
  }

  private init(_ state: sending LabState) throws(LabError) {
    facts = state.calls.guest.facts
    machine = state.booted
    description = state.description
    nearest = state.nearest
    self.state = Mutex(state)
  }

  /// The machine after boot with the rules of another kernel: to make the same calls beside it.
  public func machine(as profile: KernelProfile, _ policies: PolicySet) -> Machine {
    state.withLock { $0.machine(as: profile, policies) }
  }

  /// The kernel in a few words: `Linux 6.1.192`.
  public var name: String { "Linux \(facts.release)" }

  /// Looks inside the calls that follow.
  ///
  /// - Parameters:
  ///   - patterns: functions to stop at, in which `*` stands for anything; `usual` for those of
  ///     set_memory.c and the functions that flush.
  ///   - lines: functions inside which every line of the source is stopped at; that takes gdb and
  ///     a vmlinux.
  /// - Throws: `LabError.noSymbol` for a pattern that no function of the kernel has.
  public func look(inside patterns: [String], lines: [String] = []) throws(LabError) {
    try state.withLock { state throws(LabError) in
      try state.look(inside: patterns, lines: lines)
    }
  }

  /// Takes the places of functions in the source from a vmlinux with debug information, and the names of
  /// their arguments. To be asked before ``look(inside:)``.
  ///
  /// - Parameter text: gives the text of a file of the kernel's source by its path there; `nil` where nobody
  ///   has the source.
  /// - Throws: `LabError` where addr2line cannot be started, or finds nothing to read.
  public func readSources(
    of vmlinux: String, text: (@Sendable (String) -> String?)? = nil,
  ) throws(LabError) {
    try state.withLock { state throws(LabError) in
      let guest = state.calls.guest
      guest.sources = SourceLines(of: vmlinux, text: text)
      try guest.sources?.read([try guest.address(of: [guest.architecture.yield])])
    }
  }

  /// Counts the flushes of each call from now on, by breakpoints: then ``lastStep`` has them.
  public func countFlushes() throws(LabError) {
    try state.withLock { state throws(LabError) in
      state.countsFlushes = true
      // What boot has freed of vmalloc space the first call would flush.
      _ = try state.calls.guest.call(["vm_unmap_aliases"], [])
    }
  }

  /// Records random steps of a kind that has a form of its own, from where the kernel had booted.
  public func record(
    _ kind: RecordedKind, seed: UInt64, steps: Int,
  ) throws(LabError) -> String {
    try state.withLock { state throws(LabError) in
      try state.record(kind, seed: seed, steps: steps)
    }
  }

  /// What the kernel showed after the last call.
  public var lastStep: Recording.Step? { state.withLock { $0.lastStep } }

  /// Whether the guest's kernel has stopped. It runs again when it is brought back to an earlier call.
  public var hasStopped: Bool { state.withLock { $0.calls.guest.isBroken } }

  /// Takes a region of whole leaves, 1 GiB if there is one, from the kernel for good: so that random calls
  /// have room. To be asked before the first call.
  ///
  /// - Returns: the frames; `nil` if not even a block of 2M is free.
  public func takeRegion() throws(LabError) -> Range<PFN>? {
    try state.withLock { state throws(LabError) in try state.takeRegion() }
  }

  /// A page that the kernel leaves to us, to begin with: in the middle of the largest free range.
  public var firstPage: PFN? { state.withLock { $0.firstPage() } }

  /// Makes a call on the guest, which is brought back first where it has gone on since.
  public func observe(
    _ call: Call, on machine: Machine, after calls: [Call], watching wishes: WatchedKernel,
  ) throws(CallError) -> Observation {
    do throws(LabError) {
      return try state.withLock { state throws(LabError) in
        try state.observe(call, on: machine, after: calls, watching: wishes)
      }
    } catch {
      throw .outside(error.description)
    }
  }

  /// Makes a call and gives what the kernel showed, as a recording has it.
  public func step(
    _ call: Call, on machine: Machine, after calls: [Call],
  ) throws(LabError) -> (step: Recording.Step, call: Call) {
    try state.withLock { state throws(LabError) in
      try state.step(call, on: machine, after: calls)
    }
  }
}
