import Engine
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
    /// What accesses cost, a question at a time; `nil` where there was nothing to touch.
    public private(set) var tlb: [TLBResult?] = []
    /// Why it stopped, if it did; its machine stays as it was then.
    public private(set) var stop: Stop?

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
    }

    mutating func measure(_ run: TLBRun) { tlb.append(try? run.result(on: machine)) }

    mutating func perform(
      _ call: Call, number: Int, at location: SourceLocation, _ progress: WorkProgress?,
    ) {
      if stop == nil {
        do {
          _ = try machine.perform(call, reportingTo: progress)
        } catch CallError.policyOff {
          // What is asked of a policy concerns only those variants that have it.
        } catch {
          stop = Stop(call: number, reason: "\(location): \(error)")
        }
      }
      directMap4k.append(machine.directMapKilobytes(.size4K))
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

extension Counters {
  /// Splits of leaves of both sizes.
  var splits: Int64 { self[.level2Splits] + self[.level3Splits] }

  /// Merges and collapses to both sizes.
  var merges: Int64 {
    self[.level1Merges] + self[.level2Merges] + self[.level2Collapses] + self[.level3Collapses]
  }

  /// Flushes of TLBs: full ones, those page by page, and those of freed addresses.
  var flushes: Int64 { self[.flushTLBAll] + self[.cpaFlushTLB] + self[.flushTLBKernelRange] }
}
