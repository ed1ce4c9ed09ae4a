import Engine
import History
import Keys
import Lanes
import Language
import Narration
import Parsing
import Scenarios

extension Model {
  /// The most lines that a history remembers.
  private static let historyLimit = 200

  /// Carries out a line, of the screen or of the scenario language, or says why it cannot be.
  ///
  /// - Parameter remembering: whether the line can be called back with the arrow keys.
  mutating func runCommand(
    _ text: String, remembering: Bool = true,
  ) -> (error: String?, effects: [Effect]) {
    let line = text.trimmed
    guard !line.isEmpty else { return (nil, []) }
    if let found = ScreenCommand.find(in: line) {
      notice = nil
      let answer = found.command.run(&self, found.rest)
      if answer.error == nil, remembering { remember(line, in: \.commands) }
      return (answer.error, answer.effects)
    }
    if let answer = ScreenCommand.answer(toForeign: line) { return (answer, []) }
    let machines = MachineDescription.builtIn.map(\.name)
    let statement: Statement
    do throws(ParseError) {
      guard
        let read = try Parser(file: ":", machines: machines).statement(ofLine: aboutSelection(text))
      else {
        return (nil, [])
      }
      statement = read.statement
    } catch {
      return (Self.answer(to: error), [])
    }
    notice = nil
    run(statement)
    if let notice, notice.kind == .failed { return (notice.text, []) }
    if remembering { remember(line, in: \.commands) }
    return (nil, [])
  }

  /// What is wrong with a line. The words of the screen are commands too, and the list of all of them is
  /// what Tab is for.
  private static func answer(to error: ParseError) -> String {
    if case .unknownCommand(let word, nearest: nil) = error.problem {
      let near = NearestWord.find(word, among: ScreenCommand.names)
      return "unknown command '\(word.prefix(40))'; "
        + (near.map { "did you mean '\($0)'?" } ?? "Tab on an empty line lists all")
    }
    return "column \(error.location.column): \(error.reason)"
  }

  /// A question why without a target is about the selection.
  private func aboutSelection(_ line: String) -> String {
    let words = line.split(separator: " ")
    guard words.first == "why", words.count <= 2,
      words.count == 1 || LeafSize.allCases.contains(where: { $0.name == words[1] })
    else { return line }
    return (["why", lane.target.scenarioText] + words.dropFirst().map(String.init))
      .joined(separator: " ")
  }

  /// Puts a line at the end of a history, where it stands once. What a file types is not kept: the
  /// history holds only what a person has typed and may want to say again.
  mutating func remember(_ line: String, in history: WritableKeyPath<Preferences, [String]>) {
    if presentation.isUnderWay { return }
    var lines = preferences[keyPath: history].filter { $0 != line }
    lines.append(line)
    if lines.count > Self.historyLimit { lines.removeFirst() }
    preferences[keyPath: history] = lines
  }

  private mutating func run(_ statement: Statement) {
    let setup = lane.setup
    switch statement {
    case .call(let call): make(call)
    case .machine(let name):
      guard let description = MachineDescription(builtIn: name) else { return }
      boot(setup.on(description))
    case .kernel(let name):
      guard let kernel = KernelProfile(named: name) else { return }
      boot(setup.under(kernel))
    case .policy(let name): toggle(name)
    case .rule(let rule): boot(with: rule)
    case .moduleFile:
      say("a .ko file can be named in a scenario's file only; give sizes here", .failed)
    case .cpu(let change):
      var new = setup
      change.apply(to: &new.description.cpu)
      boot(new)
    case .note(let text): say(text)
    case .pause: say("A pause has a meaning in a file only.")
    case .stop(let stop):
      if let number = stops.add(stop) {
        say("Stop \(number): \(stop.scenarioText).")
      } else {
        say("there are \(StopList.countMax) stops already; delete some first", .failed)
      }
    case .why(let target, let size): ask(target, size)
    case .tlb(let question): if let reason = measure(question) { say(reason, .failed) }
    case .areas:
      say(machine.areas.named.map { machine.use(of: $0) }.sentences.joined(separator: " "))
    case .printing(let expression):
      do throws(EvaluationError) {
        say(try expression.told(in: expressionContext) + ".")
      } catch {
        say(error.description, .failed)
      }
    case .display(let line): display(line)
    case .expect(let expression): check(expression)
    case .firmware, .direction, .lesson, .session: say("This line has a meaning in a file only.")
    }
  }

  /// Begins to show an expression, or ends that.
  private mutating func display(_ line: Display) {
    if let trouble = displays.carryOut(line) { return say(trouble, .failed) }
    switch line {
    case .begin: say((displayLines.last ?? "") + ".")
    case .end(nil): say("Nothing is displayed.")
    case .end(let number?): say("Display \(number) is ended.")
    }
  }

  /// Boots a kernel that has a policy, or has it no more if it had it, and makes all calls again.
  private mutating func toggle(_ name: PolicyName) {
    let setup = lane.setup
    guard let choice = PolicyRows.choice(name.rawValue, setup, setup.policies) else { return }
    boot(choice.setup, choice.remark)
  }

  /// Boots a kernel with a rule, or without it if it had it or the rule does nothing, and makes all calls
  /// again.
  private mutating func boot(with rule: Rule) {
    var setup = lane.setup
    do throws(PolicyError) {
      let isOff = rule.isIdle || setup.policies.rules.contains(rule)
      setup.policies =
        try isOff
        ? setup.policies.removing(rule: rule.name) : setup.policies.adding(rule)
      boot(setup)
    } catch {
      say(error.description, .failed)
    }
  }

  /// Boots something else and makes all calls again. A recording cannot be made again: another machine
  /// takes its place.
  private mutating func boot(_ new: BootSetup, _ remark: String = "") {
    var remark = remark
    if remark.isEmpty { remark = new.farewell(from: lane.setup) }
    if lane.source != .calls || lane.setup.description.e820.isEmpty,
      !new.description.e820.isEmpty
    {
      return restart(new)
    }
    if let reason = again(new, remark: remark) { say(reason, .failed) }
  }

  /// Boots a machine that replaces a recording.
  private mutating func restart(_ new: BootSetup) {
    do throws(BootError) {
      let machine = try new.boot.machine()
      var new = new
      new.file = nil
      open(Scene(lanes: Lanes(Lane(machine, setup: new)), stops: stops))
      say("Booted \(new.description.name) with \(new.software); the recording is left.")
    } catch {
      say("\(error)", .failed)
    }
  }

  /// Shows why the slot of a page is not one leaf: the panel that tells it, with the page selected.
  mutating func ask(_ target: Call.Target, _ size: LeafSize?) {
    if let reason = go(to: target) {
      say(reason, .failed)
      return
    }
    options.sidePanel = .why
    if size == .size1G {
      focus = .size1G
    } else if size == .size2M, focus == .size1G {
      focus = .size4K
    }
    hasBegun = true
  }

  /// What expressions see at this moment.
  var expressionContext: Expression.Context { lane.expressionContext(presentation.answers) }

  private mutating func check(_ expression: Expression) {
    let context = expressionContext
    do throws(EvaluationError) {
      let holds = try expression.value(in: context) != 0
      let readings = expression.readings(in: context).joined(separator: ", ")
      say("\(holds ? "holds" : "does not hold"): \(readings)", holds ? .done : .failed)
    } catch {
      say(error.description, .failed)
    }
  }

  /// Goes to a call, to a percentage or to a mark; what is wrong with the text otherwise.
  mutating func goToStep(_ text: String) -> String? {
    var digits = text.trimmed
    let isPercentage = digits.hasSuffix("%")
    if isPercentage { digits.removeLast() }
    guard let number = Int(digits), number >= 0 else {
      if timeline.marks.contains(where: { $0.name == digits }) { return goToMark(digits) }
      return "a number of calls such as 17, a percentage such as 50%, or a mark"
    }
    let calls = timeline.steps.count
    if isPercentage, number > 100 { return "percentages end at 100%" }
    let call = isPercentage ? calls * number / 100 : number
    guard call <= calls else {
      return switch calls {
      case 0: "there are 0 calls"
      case 1: "there is 1 call; give 0 or 1"
      default: "there are \(calls) calls; give 0 to \(calls)"
      }
    }
    go(to: Moment(call: call))
    if notice?.kind == .failed { notice = nil }
    return nil
  }

  /// Goes to the part of all calls that the count says, in percent; what is wrong otherwise.
  mutating func goToPercentage() -> String? {
    guard let part = count else { return "a number first: 50\(keymap.key(.goToPercentage))" }
    count = nil
    return goToStep("\(part)%")
  }

  /// Goes to a page; what is wrong with the text otherwise.
  mutating func goToPlace(_ text: String) -> String? {
    let place = text.trimmed
    guard !place.isEmpty else { return nil }
    let line: Statement
    do throws(ParseError) {
      let plain = place.allSatisfy(\.isHexDigit) && !place.isEmpty && Int(place) != nil
      let target = plain ? "pfn:\(place)" : place
      guard let read = try Parser(file: "/").statement(ofLine: "touch read \(target)") else {
        return nil
      }
      line = read.statement
    } catch {
      return error.reason
    }
    guard case .call(.touch(_, let target, _)) = line else { return "no place" }
    return go(to: target)
  }

  private mutating func go(to target: Call.Target) -> String? {
    do throws(CallError) {
      let address = try machine.address(of: target, 1)
      if let pfn = AddressLayout.directMapFrame(of: address) {
        lane.select(pfn)
      } else if lane.place.space.range(machine).contains(address) {
        lane.select(page: lane.place.space.page(of: address, machine) ?? lane.page)
      } else if let pfn = machine.frame(at: address) {
        lane.select(pfn)
      }
      return nil
    } catch {
      return error.description
    }
  }
}

extension Model {
  /// The line again, with what was probably meant, where a frame number has only decimal digits: the
  /// screen shows frames in hexadecimal. `nil` where there is no doubt.
  func doubt(about editor: LineEditor) -> LineEditor? {
    let text = editor.text
    let isPlace = editor.purpose == .place
    guard editor.purpose == .command || isPlace, let place = Self.decimalFrame(in: text, isPlace)
    else { return nil }
    let digits = String(text[place])
    guard let meant = UInt64(digits, radix: 16), machine.memory.contains(PFN(meant)) else {
      return nil
    }
    var doubt = editor
    let hex = (isPlace && place.lowerBound == text.startIndex ? "pfn:" : "") + "0x\(digits)"
    doubt.offer = text.replacingCharacters(in: place, with: hex)
    doubt.error =
      "\(digits) is decimal here, pfn \(PFN(UInt64(digits) ?? 0).hex): Tab writes \(hex), "
      + "Enter takes the decimal number"
    return doubt
  }

  /// The least number of digits of a frame number that may be meant as hexadecimal: 256 MB.
  private static let digitsMin = 5

  /// Where a line has a frame number of decimal digits alone.
  private static func decimalFrame(in text: String, _ isPlace: Bool) -> Range<String.Index>? {
    var start = text.firstRange(of: "pfn:")?.upperBound
    if start == nil, isPlace { start = text.startIndex }
    guard let start else { return nil }
    let end = text[start...].firstIndex { !$0.isHexDigit && $0 != "x" } ?? text.endIndex
    let digits = text[start..<end]
    let isDecimal = digits.allSatisfy { $0.isASCII && $0.isNumber } && digits.first != "0"
    return isDecimal && digits.count >= digitsMin ? start..<end : nil
  }
}

extension String {
  /// The text with other characters in a place.
  fileprivate func replacingCharacters(
    in place: Range<String.Index>, with text: String,
  ) -> String {
    self[..<place.lowerBound] + text + self[place.upperBound...]
  }

  /// The text without the spaces around it.
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.prefix(start.count - start.reversed().prefix { $0.isWhitespace }.count))
  }
}
