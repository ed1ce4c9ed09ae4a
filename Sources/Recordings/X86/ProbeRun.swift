import Engine
import KernelText

/// Makes the calls of a probe on a simulated machine, one after the other, and compares.
struct ProbeRun {
  var machine: Machine
  var variables = ProbeVariables()
  var check = RecordingCheck()
  var step = ""
  var differences: [String] = []
  var doubts: [String] = []
  var hasCompared = false
  var serial = 0
  /// How far the recorded machine's counters are above those here: it has a history.
  var offsets: [String: Int64] = [:]
  /// What the calls since the last comparison counted.
  var counted = ProbeCounts()
  /// Whether the purges of a whole stretch of time are counted, those of other processes too.
  var isArmed = false
  /// Whether nothing waited for a purge when the step began.
  var hasPurged = false
  /// Whether all requests for pages fail, those for page tables among them.
  var failsAll = false
  /// Whether areas are made where the kernel had them. Not where requests for pages are refused: then which page
  /// tables are there decides, and here others are than in the kernel.
  let placesAreas: Bool
  var lastArea: LastArea?
  /// Whether calls on areas changed leaves of the direct map since its counters were compared.
  var hasChangedAreas = false
  /// Whether memory that was fragmented was given back.
  var hasGivenBack = false

  /// What is known of the area that was asked for last.
  struct LastArea {
    var name: Name
    var isExecutable: Bool
    var node: Int?
    var isRegular: Bool
  }

  init(_ recording: ProbeRecording) throws(X86RecordingError) {
    machine = try recording.machine()
    placesAreas = !recording.commands.contains { $0.name == "fail" }
  }

  /// The result.
  consuming func finished() -> RecordingCheck {
    closeStep()
    return check
  }

  mutating func closeStep() {
    if hasCompared {
      if !differences.isEmpty {
        check.add(step, .different(differences.joined(separator: "; ")))
      } else if let doubt = doubts.first {
        check.add(step, .indeterminate(doubt))
      } else {
        check.add(step, .equal)
      }
    }
    differences = []
    doubts = []
    hasCompared = false
    hasPurged = false
  }

  mutating func compare(_ difference: String?) {
    hasCompared = true
    if let difference, differences.count < 3 { differences.append(difference) }
  }

  /// One command.
  mutating func perform(_ command: ProbeRecording.Command) {
    if command.step != step {
      closeStep()
      step = command.step
    }
    switch command.name {
    case "let":
      define(command)
    case "call", "calli": call(command, command.words.dropFirst())
    case "parr": takeArray(command)
    case "leaves": compareLeaves(command)
    case "tally": compareTally(command)
    case "fail": fail(command)
    case "nofail":
      failsAll = false
      set(.failRequests(nil))
    case "frag": set(.failBlocks(true))
    case "unfrag":
      set(.failBlocks(false))
      hasGivenBack = true
    case "counts": compareCounts(command)
    case "arm":
      isArmed = true
      counted = ProbeCounts()
    case "apply": apply(command)
    case "<": compareCounters(command.answer)
    case "!grep" where command.answer.contains { $0.hasPrefix("direct_map") }:
      compareCounters(command.answer)
    case "!tail", "!grep": compareAreas(command)
    default: break
    }
  }

  mutating func set(_ call: PolicyCall) { _ = try? machine.perform(.policy(call)) }

  /// `fail FUNCTION RESULT SKIP TIMES`
  mutating func fail(_ command: ProbeRecording.Command) {
    guard command.words.count == 5, let skip = Int(command.words[3]),
      let times = Int(command.words[4])
    else { return }
    failsAll = times < 0
    set(.failRequests(PageSupply.Refusals(after: skip, times: times < 0 ? nil : times)))
  }

  /// `parr FRAME COUNT STRIDE`
  mutating func takeArray(_ command: ProbeRecording.Command) {
    guard command.words.count == 4, let first = variables.frame(command.words[1]),
      let count = ProbeVariables.number(command.words[2]),
      let stride = ProbeVariables.number(command.words[3])
    else { return }
    variables["z"] = .frames(
      FrameStride(first: first, stride: PageCount(stride), count: PageCount(count)))
  }
}

// MARK: - Variables

extension ProbeRun {
  /// `let NAME grab ...`, `num EXPRESSION`, `pfn EXPRESSION`, `pages ...`, `vmap ...`, `call ...`
  mutating func define(_ command: ProbeRecording.Command) {
    guard command.words.count > 2 else { return }
    let name = command.words[1]
    switch command.words[2] {
    case "grab", "pages", "pfn":
      guard let word = command.answer("pfn")?.dropFirst().first, let pfn = UInt64(hex: word) else {
        return
      }
      variables[name] = .frame(PFN(pfn))
    case "num":
      guard let word = command.answer.first, let address = UInt64(hex: word) else { return }
      variables[name] = .address(VirtualAddress(address))
    case "vmap": vmap(command, name)
    case "call": call(command, command.words.dropFirst(3), into: name)
    default: break
    }
  }

  /// `let NAME vmap COUNT FLAGS FRAME`
  mutating func vmap(_ command: ProbeRecording.Command, _ variable: Substring) {
    guard command.words.count >= 6, let count = ProbeVariables.number(command.words[3]),
      let first = variables.frame(command.words[5]), let area = newName(),
      let returned = command.returned
    else { return }
    let place = VirtualAddress(UInt64(bitPattern: returned))
    let stride = command.words.count > 6 ? ProbeVariables.number(command.words[6]) ?? 1 : 1
    let frames = FrameStride(first: first, stride: PageCount(stride), count: PageCount(count))
    // Of vmalloc's areas the addresses are ours, and another area may have this one.
    let isFree = (try? trial(.vmap(area, frames, at: place))) != nil
    perform(.vmap(area, frames, at: isFree ? place : nil))
    variables[variable] =
      machine.areas.area(named: area).map { ProbeValue.area(area, $0.start) }
      ?? .nothing
    lastArea = nil
  }

  mutating func newName() -> Name? {
    serial += 1
    return Name("area\(serial)")
  }
}
