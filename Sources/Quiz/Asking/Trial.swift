public import Engine
import Narration
import Scenarios

/// A call made on a copy of a machine: the subject of questions, and the source of their answers.
public struct Trial: Sendable {
  /// The machine before the call.
  public let before: Machine
  /// The call.
  public let call: Call
  /// The machine after it.
  public let after: Machine
  /// All its events.
  public let events: [Event]
  /// What the kernel function returned.
  public let returned: ReturnCode
  /// The counts of the events.
  let counts: Counts

  /// Makes a call on a copy.
  ///
  /// - Throws: what `Machine.perform(_:)` throws if the call cannot be made.
  public init(_ call: Call, on machine: Machine) throws(CallError) {
    var copy = machine
    var log = EventLog()
    returned = try copy.perform(call, into: &log)
    before = machine
    self.call = call
    after = copy
    events = log.events
    counts = Counts(log.events)
  }

  /// Whether the answer equals a recording or a published figure: nothing else is asked.
  public var isSure: Bool { before.knowledge(of: call).isSure }

  /// Whether there can be questions about a call: it changes mappings, and has few enough events to
  /// keep.
  public static func canAsk(about call: Call) -> Bool {
    guard call.pages <= Runner.loggedPagesLimit else { return false }
    switch call {
    case .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .touch, .vmap,
      .vmapPageRange, .vunmap, .collapse:
      return true
    case .user(.cpuNode), .user(.walk), .user(.mermapGet), .user(.mermapPut): return false
    case .user: return true
    case .linearMap(.setMemoryValid): return true
    case .process(.zap), .process(.munmap), .process(.exitMmap): return true
    case .poke, .process(.mmap), .linearMap, .policy, .allocPages, .freePages, .freePagesAt,
      .drainPages,
      .age,
      .scatter, .function:
      return false
    }
  }
}

/// A page that a question is about.
struct Subject: Equatable {
  /// Its address.
  var address: VirtualAddress
  /// Its name for readers: `pfn:0x140000`, `page 3 of area code`.
  var words: String
  /// The address of the same frame in the direct map, if this address is elsewhere.
  var alias: VirtualAddress?

  /// Its address in the direct map.
  var direct: VirtualAddress { alias ?? address }

  /// Its name for readers in the direct map.
  var directWords: String {
    alias == nil ? words : "the frame behind \(words)"
  }
}

extension Call {
  /// The name of the area that the call makes; `nil` if it makes none.
  var madeArea: Name? {
    if case .vmap(let name, _, _) = self { return name }
    if case .vmapPageRange(let name, _, _, _) = self { return name }
    if case .user(.vmalloc(let name, _, _)) = self { return name }
    return nil
  }
}

extension Trial {
  /// The page that the call names, or the first one, or for a user of pages the first one whose entry
  /// it wrote in the direct map.
  var subject: Subject? {
    switch call {
    case .setMemory(_, let target, _), .touch(_, let target, _), .poke(let target, _),
      .collapse(let target, _),
      .linearMap(.setMemoryValid(let target, _, _)):
      subject(of: target)
    case .setPages(_, let pfn, _), .setDirectMap(_, let pfn, _), .setDirectMapValid(let pfn, _, _):
      subject(of: .frame(pfn))
    case .setPagesArray(_, let frames): subject(of: .frame(frames.first))
    case .vmap, .vmapPageRange, .user(.vmalloc):
      call.madeArea.flatMap { after.areas.area(named: $0) }
        .map { subject(at: $0.start, "area \($0.name)") }
    case .user: firstWritten.map { subject(at: $0, "\($0.words) (the first page it writes)") }
    case .vunmap, .policy, .process, .linearMap, .allocPages, .freePages, .freePagesAt, .drainPages,
      .age,
      .scatter, .function:
      nil
    }
  }

  private func subject(of target: Call.Target) -> Subject? {
    do throws(CallError) {
      let words =
        if case .area(let name, let page) = target {
          "page \(page.rawValue) of area \(name)"
        } else {
          target.scenarioText
        }
      return subject(at: try before.address(of: target, 1), words)
    } catch {
      return nil
    }
  }

  private func subject(at address: VirtualAddress, _ words: String) -> Subject {
    var subject = Subject(address: address, words: words)
    if AddressLayout.directMapFrame(of: address) == nil {
      let frame = after.tables.frame(at: address) ?? before.tables.frame(at: address)
      subject.alias = frame.flatMap {
        after.memory.contains($0) ? after.directMapAddress(of: $0) : nil
      }
    }
    return subject
  }

  /// The first page of the direct map whose 4K entry the call wrote.
  private var firstWritten: VirtualAddress? {
    for event in events {
      guard case .entryWritten(let address, .size4K, old: _, new: _) = event,
        AddressLayout.directMapFrame(of: address) != nil
      else { continue }
      return address
    }
    return nil
  }
}
