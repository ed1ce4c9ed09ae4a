import Engine
import Narration
import Screen
import TLB

/// What follows a command's name.
public struct Operand: Equatable, Sendable {
  /// What it is.
  public var kind: Kind
  /// Whether it may be left out.
  public var isOptional: Bool

  /// The kinds of operands.
  public enum Kind: String, CaseIterable, Sendable {
    case target, frame, count, stride, place, area, access, boolean
    case owner, block, order, node, number, migrateType, pages, percent, operations, seed
    case zero, atomic, softirq
    case text, expression, machine, kernel, cpu, onOff
    case module, bytes, group, reset, huge, interleave, noflush, classic, align, gfp
    case newRange, rangePart, folioOrder, file, dirty, userPlace
    case policy, scanCount, priority, answer, limit, leafSize
    case region, entries, full, callName, functionName, watched
    case onlyIf, once, ignored, disabled, commands
    case label, origin, anew, calls, event, format
    case preset, pattern, touched
    case keys, duration, until, spot
    case function
    case bits, shown
  }

  static func required(_ kind: Kind) -> Operand { Operand(kind: kind, isOptional: false) }
  static func optional(_ kind: Kind) -> Operand { Operand(kind: kind, isOptional: true) }

  /// How it is written in a line of help: capitals stand for something, small letters for
  /// themselves, brackets for what may be left out.
  public var usage: String { isOptional ? "[\(kind.usage)]" : kind.usage }
}

extension Operand.Kind {
  /// How it is written in a line of help.
  public var usage: String {
    switch self {
    case .target: "TARGET"
    case .frame: "FRAME"
    case .count: "COUNT"
    case .stride: "stride N"
    case .place: "at ADDRESS"
    case .area: "NAME"
    case .access: "read|write"
    case .owner: "NAME"
    case .block: "NAME|FRAME ORDER"
    case .order: "ORDER"
    case .number: "N"
    case .node: "node N"
    case .migrateType: MigrateType.chosen.map(\.word).joined(separator: "|")
    case .zero, .atomic, .softirq: rawValue
    case .pages: "PAGES"
    case .percent: "PERCENT"
    case .operations: "OPERATIONS"
    case .seed: "SEED"
    case .boolean: "true|false"
    case .text: "\"TEXT\""
    case .expression: "EXPRESSION"
    case .machine: "NAME"
    case .kernel: "NAME"
    case .cpu: "FEATURE on|off"
    case .onOff: "on|off"
    case .module: "PART=BYTES...|ko:FILE"
    case .bytes: "BYTES"
    case .group: "group"
    case .reset: "reset"
    case .huge: "huge"
    case .interleave: "interleave"
    case .noflush: "noflush"
    case .classic: "classic"
    case .align: "align BYTES"
    case .gfp: "gfp NUMBER"
    case .policy: "POLICY"
    case .scanCount: "COUNT"
    case .priority: "PRIORITY"
    case .answer: "ORDER FRAME|none|scan POLICY COUNT [node N]"
    case .limit: "COUNT|off"
    case .region: "in TARGET [COUNT]"
    case .entries: "N"
    case .full: "full"
    case .callName, .functionName: "NAME"
    case .watched: "TARGET|COUNTER"
    case .onlyIf: "if EXPRESSION"
    case .once: "once"
    case .ignored: "ignore N"
    case .disabled: "disabled"
    case .commands: "do \"LINE; LINE\""
    case .label: "NAME"
    case .origin: "from NAME CALLS"
    case .anew: "anew"
    case .calls: "CALLS"
    case .event: "EVENT"
    case .format: "FORMAT"
    case .leafSize: "2M|1G"
    case .preset: "PRESET"
    case .pattern: "PATTERN"
    case .touched:
      "all|TARGET [COUNT]] [step BYTES] [nodes TARGET [COUNT]] [every N] [accesses N] "
        + "[seed N] [as NAME"
    case .newRange: "NAME"
    case .rangePart: "NAME[+PAGE]"
    case .folioOrder: "order N"
    case .file, .dirty: rawValue
    case .userPlace: "at ADDRESS"
    case .keys: "\"KEY KEY...\""
    case .duration: "TIME"
    case .until: "until EXPRESSION"
    case .function: "FUNCTION [ARGUMENT...]"
    case .bits: "[with BIT...] [without BIT...] [flush]"
    case .shown: "N|all"
    case .spot: "map|trace|page|why|bars|off|TARGET"
    }
  }

  /// The words that an operand of this kind must begin with; none if it begins otherwise.
  package var keywords: [String] {
    switch self {
    case .stride: ["stride"]
    case .place: ["at"]
    case .access: Call.Access.allCases.map(\.rawValue)
    case .boolean: ["true", "false"]
    case .onOff: ["on", "off"]
    case .node: ["node"]
    case .migrateType: MigrateType.chosen.map(\.word)
    case .module: ModuleSizes.Part.allCases.map(\.rawValue) + ["ko"]
    case .group, .reset, .huge, .interleave, .noflush, .classic, .align, .gfp: [rawValue]
    case .policy: PolicyName.allCases.map(\.rawValue)
    case .answer: ["scan"]
    case .limit: ["off"]
    case .region: ["in"]
    case .full, .once, .disabled, .zero, .atomic, .softirq: [rawValue]
    case .ignored: ["ignore"]
    case .onlyIf: ["if"]
    case .commands: ["do"]
    case .origin: ["from"]
    case .anew: ["anew"]
    case .leafSize: ["2M", "1G"]
    case .preset: TLBModel.all.map(\.name)
    case .pattern: AccessPattern.Name.allCases.map(\.rawValue)
    case .touched: TLBQuestion.keywords.filter { $0 != "file" }
    case .folioOrder: ["order"]
    case .file, .dirty: [rawValue]
    case .userPlace: ["at"]
    case .until: ["until"]
    case .bits: ["with", "without"]
    case .shown: ["all"]
    case .owner, .block, .order, .number, .pages, .percent, .operations, .seed, .target, .frame,
      .count,
      .area, .text, .expression, .machine, .kernel, .cpu, .bytes, .scanCount, .priority,
      .entries, .callName, .functionName, .watched, .label, .calls, .event, .format, .newRange,
      .rangePart, .keys, .duration, .spot, .function:
      []
    }
  }

  /// What an error says was expected.
  package var expectation: String {
    switch self {
    case .target: "a target such as area+3, pfn:0x180000, phys:6G or 0xffff888180000000"
    case .frame: "a frame such as pfn:0x180000 or phys:6G"
    case .count: "a number of pages such as 512 or 2M"
    case .stride: "stride and a number of pages"
    case .place: "at and a virtual address"
    case .area: "the name of an area"
    case .access: "read or write"
    case .owner: "the name of an owner of pages"
    case .block: "the name of an owner of pages, or a frame and an order from 0 to 10"
    case .order: "an order from 0 (4K) to 10 (4M)"
    case .node: "node and the number of a node"
    case .number: "the number of a node, from 0 to 1023"
    case .migrateType: "movable, reclaimable, unmovable or unmapped"
    case .zero, .atomic, .softirq: rawValue
    case .pages: "a number of pages such as 512 or 2M"
    case .percent: "a share from 0 to 100 percent"
    case .operations: "a number of operations"
    case .seed: "a seed: any number of 64 bits"
    case .boolean: "true or false"
    case .text: "a text between quotation marks"
    case .expression: "an expression such as size(pfn:0x180000) == 2M"
    case .machine: "the name of a machine"
    case .kernel: "the name of a kernel"
    case .cpu: "a feature of the CPU, then on or off"
    case .onOff: "on or off"
    case .module: "a part of a module and its bytes, such as text=24K, or ko and a file"
    case .bytes: "a number of bytes such as 1500 or 12K"
    case .group, .reset, .huge, .interleave, .noflush, .classic: rawValue
    case .align: "align and a number of bytes such as 2M or 4G"
    case .gfp: "gfp and the bits of a request's flags"
    case .policy: "the name of a policy"
    case .scanCount: "a number of pages such as 128"
    case .priority: "a priority of reclaim from 12 (light) to 0 (desperate)"
    case .answer: "an order from 0 to 10, and a frame or none; or scan and a policy"
    case .limit: "a number of pages, or off"
    case .region: "in and a target"
    case .entries: "a number of entries from 0 to \(Stop.nearLimit)"
    case .full: "full"
    case .callName: "the name of a call such as set_memory_ro"
    case .watched: "a counter such as DirectMap4k, or a target such as pfn:0x180000"
    case .once, .disabled: rawValue
    case .ignored: "ignore and a number"
    case .onlyIf: "if and an expression"
    case .commands: "do and lines between quotation marks"
    case .leafSize: "2M or 1G"
    case .preset: "the name of a TLB"
    case .pattern: "a pattern of accesses"
    case .touched: "what is touched, such as all or pfn:0x180000 2M"
    case .label: "a name of letters, digits, -, _ and ., up to 32 of them"
    case .origin: "from, the name of a branch and a number of calls"
    case .anew: "anew"
    case .calls: "a number of calls"
    case .event: "a number of events"
    case .format: "the number of a format"
    case .newRange: "the name of a range of the process"
    case .rangePart: "the name of a range of the process, perhaps with + and a page"
    case .folioOrder: "order and a number from 0 (4K) to 9 (2M)"
    case .file, .dirty: rawValue
    case .userPlace: "at and an address of a process"
    case .keys: "keys between quotation marks, such as \"r > C-o Enter\""
    case .duration: "a time such as 2s or 1500ms"
    case .until: "until and an expression"
    case .function, .functionName: "the name of a function of the kernel, as /proc/kallsyms has it"
    case .bits: "with or without, and bits such as RW G"
    case .shown: "the number of an expression that is displayed, or all"
    case .spot: "a panel (map, trace, page, why, bars), a target such as pfn:0x180000, or off"
    }
  }
}

extension MigrateType {
  /// The types that a request can have.
  package static let chosen: [MigrateType] = [.movable, .reclaimable, .unmovable, .unmapped]
}
