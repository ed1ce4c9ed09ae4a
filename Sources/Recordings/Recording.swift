public import Engine

/// A recording of a real kernel: a machine, calls, and the state after each of them.
///
/// The format is described in `docs/formats.md`.
public struct Recording: Sendable {
  /// What the kernel showed after a call.
  public struct Step: Sendable {
    /// The call.
    public var call: Call
    /// What the function returned.
    public var returned: ReturnCode
    /// All leaves of the region.
    public var leaves: [LeafRun]
    /// All leaves of every live mapping made by `vmap_page_range`; addresses count from 0.
    public var aliasLeaves: [(area: Name, leaves: [LeafRun])]
    /// The counters that the recorder read, as growth during the step; `directMap*` as kB after it.
    public var counters: [Expected]
    /// Where the merge-mapping branch stopped the kernel: its count, and the real number.
    public var bug: (counted: Int, found: Int)?

    /// Creates what a kernel showed after a call.
    public init(
      call: Call, returned: ReturnCode, leaves: [LeafRun],
      aliasLeaves: [(area: Name, leaves: [LeafRun])], counters: [Expected],
    ) {
      self.call = call
      self.returned = returned
      self.leaves = leaves
      self.aliasLeaves = aliasLeaves
      self.counters = counters
    }

    /// A step in which the kernel stopped: it has no results.
    init(call: Call, stopsCounting counted: Int, found: Int) {
      self.init(call: call, returned: .bug, leaves: [], aliasLeaves: [], counters: [])
      bug = (counted, found)
    }
  }

  /// A number of a step, with the name it has in the file.
  public struct Expected: Sendable {
    /// The name in the file.
    public var name: String
    /// Where the machine keeps it.
    public var source: Source
    /// The recorded value.
    public var value: Int64

    /// Creates an expected number.
    public init(name: String, source: Source, value: Int64) {
      self.name = name
      self.source = source
      self.value = value
    }

    /// Where a machine keeps a recorded number.
    public enum Source: Sendable {
      /// The growth of a counter during the step.
      case growth(Counter)
      /// The kilobytes of the direct map in leaves of this size, after the step.
      case kilobytes(LeafSize)
      /// A function that the engine never enters.
      case never
    }
  }

  /// The kernel as the file names it, such as `Linux 7.2.12`.
  public var kernelName: String
  /// The machine before the first step.
  public var machine: Machine
  /// The frames that the recorder watched.
  public var region: Range<PFN>
  /// The calls and their results.
  public var steps: [Step]

  /// The direct-map address of the region's first page.
  public var start: VirtualAddress { machine.directMapAddress(of: region.lowerBound) }
}

/// Why a recording cannot be read.
public struct RecordingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line of the file, from 1.
  public var line: Int
  /// What is wrong with it, and what was expected.
  public var reason: String

  /// The place and the reason, without the file's name.
  public var description: String { "line \(line): \(reason)" }
}
