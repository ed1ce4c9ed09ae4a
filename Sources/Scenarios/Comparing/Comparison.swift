import Engine
public import History
import KernelText
import Language
public import TLB

/// One scenario under several variants, in lock-step: the same call on each machine, then the next.
public struct Comparison: Sendable {
  /// A variant on its way.
  public struct Lane: Sendable {
    /// What it is.
    public var variant: Variant
    /// Its machine.
    public private(set) var machine: Machine
    /// The machine as it booted.
    public let booted: Machine
    /// The kilobytes of DirectMap4k: after boot, and after each call.
    public private(set) var directMap4k: [Int64]
    /// What calls cost, a kind of call at a time, those that were made; boot first.
    public private(set) var costs: [CallCost]
    /// What accesses cost, a question at a time; `nil` where there was nothing to touch.
    public private(set) var tlb: [TLBResult?] = []
    /// Why it stopped, if it did; its machine stays as it was then.
    public private(set) var stop: Stop?

    /// The kernel outside of the simulation that makes the calls; `nil` where the engine makes them.
    fileprivate var outside: (any OutsideKernel)?
    private var made: [Call] = []

    /// Where and why a variant stopped.
    public struct Stop: Equatable, Sendable {
      /// The call, from 1.
      public var call: Int
      /// The reason, in one line.
      public var reason: String
    }

    init(_ variant: Variant, _ machine: Machine) {
      self.variant = variant
      self.machine = machine
      booted = machine
      directMap4k = [machine.directMapKilobytes(.size4K)]
      var boot = CallCost(.boot)
      boot.add(machine.counters, on: machine.kernel)
      costs = [boot]
    }

    mutating func measure(_ run: TLBRun) { tlb.append(try? run.result(on: machine)) }

    mutating func perform(
      _ call: Call, number: Int, at location: SourceLocation, _ progress: WorkProgress?,
    ) {
      if stop == nil {
        let before = machine.counters
        do {
          if let outside {
            let observed = Deed.observed(
              try outside.observe(
                call, on: machine, after: made, watching: WatchedKernel()))
            _ = observed.apply(to: &machine)
            if let call = observed.call { made.append(call) }
          } else {
            _ = try machine.perform(call, reportingTo: progress)
          }
          count(CallCost.Kind(call), machine.counters.since(before))
        } catch CallError.policyOff {
          // What is asked of a policy concerns only those variants that have it.
        } catch {
          stop = Stop(call: number, reason: "\(location): \(error)")
        }
      }
      directMap4k.append(machine.directMapKilobytes(.size4K))
    }

    private mutating func count(_ kind: CallCost.Kind, _ growth: Counters) {
      let index = costs.firstIndex { $0.kind == kind } ?? costs.endIndex
      if index == costs.endIndex { costs.append(CallCost(kind)) }
      costs[index].add(growth, on: machine.kernel)
    }
  }

  /// The variants, in the order in which they were given.
  public private(set) var lanes: [Lane]
  /// The calls that were made.
  public private(set) var callCount = 0
  /// What was asked of the TLB so far, with how many calls came before, and the line; 0 for a question
  /// that no line asked.
  public private(set) var questions: [(question: TLBQuestion, after: Int, line: Int)] = []
  /// The calls that are left, and the questions between them.
  private var items: ArraySlice<LocatedStatement>
  /// Where it reports how far it is.
  public var progress: WorkProgress?

  /// Variants that have made no call yet.
  public init(_ lanes: [(variant: Variant, machine: Machine)], statements: [LocatedStatement]) {
    self.lanes = lanes.map { Lane($0.variant, $0.machine) }
    items = statements[...]
  }

  /// Where a variant first differs from the real kernel beside it.
  public struct Difference: Sendable {
    /// The variant's name.
    public var variant: String
    /// The call, from 1.
    public var call: Int
    /// Its line in the file.
    public var location: SourceLocation
    /// What differs, in words.
    public var words: String
  }

  /// The first difference of each variant from the real kernel; empty where none is compared with one.
  public private(set) var differences: [Difference] = []

  /// Has the calls of a variant made by a kernel outside.
  public mutating func observe(_ kernel: any OutsideKernel, as index: Int) {
    lanes[index].outside = kernel
  }

  /// Holds every variant against the real kernel, after a call.
  private mutating func findDifferences(at location: SourceLocation) {
    guard let real = lanes.first(where: { $0.outside != nil }), real.stop == nil else { return }
    for lane in lanes where lane.outside == nil && lane.stop == nil {
      guard !differences.contains(where: { $0.variant == lane.variant.name }),
        let words = real.machine.firstDifference(
          from: lane.machine, names: (real.variant.name, lane.variant.name))
      else { continue }
      differences.append(
        Difference(
          variant: lane.variant.name, call: callCount, location: location, words: words))
    }
  }

  /// Makes the next call on every machine; false at the end.
  public mutating func step() -> Bool {
    while let next = items.popFirst() {
      progress?.report(UInt64(items.startIndex), of: UInt64(items.endIndex))
      switch next.statement {
      case .call(let call):
        callCount += 1
        for index in lanes.indices {
          lanes[index].perform(call, number: callCount, at: next.location, progress)
        }
        findDifferences(at: next.location)
        return true
      case .tlb(let question): ask(question, line: next.location.line)
      default: break
      }
    }
    return false
  }

  /// Asks every machine as it is now what accesses cost.
  public mutating func ask(_ question: TLBQuestion, line: Int = 0) {
    questions.append((question, callCount, line))
    for index in lanes.indices { lanes[index].measure(question.run) }
  }

  /// Makes all calls that are left.
  public mutating func run() {
    while step() {}
  }
}

extension Machine {
  /// The first page of the direct map that differs from another machine's, in words.
  fileprivate func firstDifference(
    from other: Machine, names: (one: String, other: String),
  ) -> String? {
    let range = directMapRange
    var (own, others): ([LeafRun], [LeafRun]) = ([], [])
    tables.readRuns(from: range.lowerBound, pages: range.upperBound - range.lowerBound, into: &own)
    other.tables.readRuns(
      from: range.lowerBound, pages: range.upperBound - range.lowerBound, into: &others)
    return LeafRun.firstDifference(own, others, base: range.lowerBound, names: names)
  }
}
