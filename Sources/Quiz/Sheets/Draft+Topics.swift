import Engine

// The templates of exercises: a few shapes for each topic, with random numbers.

extension SeededNumbers {
  /// A number from a range.
  mutating func number(_ range: ClosedRange<UInt64>) -> UInt64 {
    range.lowerBound + next(below: range.upperBound - range.lowerBound + 1)
  }

  /// True in one of `count` cases.
  mutating func oneIn(_ count: UInt64) -> Bool { next(below: count) == 0 }
}

extension Draft {
  /// A draft for a topic.
  init(_ topic: Topic, _ random: inout SeededNumbers) {
    switch topic {
    case .mixed, .splits: self = Self.splits(&random)
    case .merging: self = Self.merging(&random)
    case .grouping: self = Self.grouping(&random)
    case .flush: self = Self.flush(&random)
    case .alias: self = Self.alias(&random)
    case .modules: self = Self.modules(&random)
    case .vmalloc: self = Self.vmalloc(&random)
    case .zapping: self = Self.zapping(&random)
    case .arm64: self = Self.arm64(&random)
    case .explore: self = Self.explore(&random)
    }
  }

  // MARK: - Pieces

  private static func frame(_ pfn: UInt64) -> String { "pfn:\(PFN(pfn).hex)" }

  /// The first frame of a 2M slot in a 1G leaf, or where 2M leaves map memory from the start.
  private static func slot(_ random: inout SeededNumbers) -> UInt64 {
    random.oneIn(4)
      ? 0x50000 + 512 * random.number(0...128) : 0x140000 + 512 * random.number(0...400)
  }

  /// Page counts that make a difference: few, around the ceiling of 33, whole leaves, more.
  private static func length(_ random: inout SeededNumbers) -> UInt64 {
    random.pick([1, 1, 2, 4, 8, 16, 32, 33, 34, 64, 100, 511, 512, 513, 1024])
  }

  private static func line(_ name: String, _ target: String, _ pages: UInt64) -> String {
    pages == 1 ? "\(name) \(target)" : "\(name) \(target) \(pages)"
  }

  // MARK: - Topics

  private static func splits(_ random: inout SeededNumbers) -> Draft {
    var draft = Draft(random.pick(["linux-6.1", "linux-6.12", "linux-7.2"]))
    let slot = slot(&random)
    let page = random.oneIn(2) ? slot : slot + random.number(1...510)
    let pages = length(&random)
    switch random.next(below: 6) {
    case 0, 1:
      draft.calls = [line("set_memory_\(random.pick(["ro", "np", "uc", "x"]))", frame(page), pages)]
    case 2:
      draft.calls = [
        line("set_memory_ro", frame(slot + random.number(0...255)), random.number(1...16)),
        line(
          "set_memory_\(random.pick(["ro", "np", "rw"]))",
          frame(slot + random.pick([256, 300, 512, 768])), pages),
      ]
    case 3:
      draft.calls = [line(random.pick(["set_memory_rw", "set_memory_nx"]), frame(page), pages)]
    case 4:
      draft.calls = [
        "set_pages_array_wc \(frame(slot)) \(random.pick([2, 4, 8, 512] as [UInt64])) "
          + "stride \(random.pick([2, 256, 512, 1024] as [UInt64]))"
      ]
    default:
      draft.calls = [
        line("set_memory_4k", frame(page), random.number(1...3)),
        line("set_memory_ro", frame(slot + random.number(0...1023)), pages),
      ]
    }
    return draft
  }

  private static func merging(_ random: inout SeededNumbers) -> Draft {
    var draft = Draft("linux-7.2")
    let slot = 0x140000 + 512 * random.number(0...400)
    let page = frame(slot + random.number(0...400))
    let pages = random.pick([1, 1, 2, 8, 64] as [UInt64])
    let (take, give) = random.pick([
      ("ro", "rw"), ("ro", "rw"), ("np", "p"), ("uc", "wb"), ("x", "nx"),
    ])
    let broken = line("set_memory_\(take)", page, pages)
    switch random.next(below: 6) {
    case 0: draft.calls = [broken, line("set_memory_\(give)", page, pages)]
    case 1:
      draft.calls = [broken, line("set_memory_\(give)", page, pages)]
      if random.oneIn(2) { draft.calls.append("touch write \(page) \(pages)") }
      draft.calls.append("set_memory_rox \(frame(slot)) 512")
    case 2:
      draft.calls = [
        line("set_memory_ro", page, pages),
        "set_memory_rox \(frame(slot)) "
          + "\(random.pick([256, 511, 512] as [UInt64]))",
      ]
    case 3:
      draft.calls = [
        line("set_direct_map_invalid_noflush", page, 1),
        line("set_direct_map_default_noflush", page, 1),
      ]
      if random.oneIn(2) { draft.calls.append("set_memory_rox \(frame(slot)) 512") }
    case 4:
      draft.calls = [line("set_memory_4k", page, pages), "set_memory_rox \(frame(slot)) 512"]
    default:
      draft.kernel = random.pick(["linux-6.1", "linux-6.1", "linux-6.12"])
      if draft.kernel == "linux-6.1" {
        draft.policies = [random.pick(["aaronlu-2022", "hyeyoo-bitmap-2022", "kirill-2020"])]
      }
      draft.calls = [broken, line("set_memory_\(give)", page, pages)]
    }
    return draft
  }

  private static func grouping(_ random: inout SeededNumbers) -> Draft {
    var draft = Draft("linux-5.11")
    if !random.oneIn(4) { draft.policies = ["edgecombe-2021"] }
    let pages = random.number(2...40)
    let second = random.number(2...40)
    if random.oneIn(2) {
      draft.calls.append(
        "scatter ballast \(random.pick([4096, 16384] as [UInt64])) 30 "
          + "\(random.number(1...9))")
    }
    draft.calls.append("vmalloc code \(pages) group reset")
    switch random.next(below: 4) {
    case 0: draft.calls.append("set_memory_ro code \(pages)")
    case 1: draft.calls += ["set_memory_ro code \(pages)", "vfree code"]
    case 2:
      draft.calls += [
        "set_memory_ro code \(pages)", "vmalloc more \(second) group reset",
        "set_memory_ro more \(second)",
      ]
    default: draft.calls.append("vmalloc more \(second) group reset")
    }
    return draft
  }

  private static func flush(_ random: inout SeededNumbers) -> Draft {
    var draft = Draft(random.pick(["linux-6.1", "linux-6.12", "linux-7.2"]))
    let slot = 0x140000 + 512 * random.number(0...400)
    let pages = random.pick([1, 2, 16, 32, 33, 34, 35, 64] as [UInt64])
    let page = slot + random.number(0...400)
    switch random.next(below: 8) {
    case 0, 1, 2:
      draft.calls = [
        "set_memory_4k \(frame(slot)) 1024", line("set_memory_ro", frame(page), min(pages, 64)),
      ]
    case 3, 4: draft.calls = [line("set_memory_ro", frame(page), pages)]
    case 5:
      draft.calls = [
        "vmap buffer \(frame(slot)) 64",
        line("set_memory_\(random.pick(["ro", "x", "nx"]))", "buffer", min(pages, 64)),
      ]
    case 6: draft.calls = [line("set_memory_\(random.pick(["rw", "nx"]))", frame(page), pages)]
    default:
      draft.calls = [
        line(
          "set_direct_map_\(random.pick(["invalid", "invalid", "default"]))_noflush", frame(page),
          pages)
      ]
      if random.oneIn(2) {
        draft.calls.insert("set_memory_4k \(frame(slot)) 1024", at: 0)
      }
    }
    return draft
  }

  private static func alias(_ random: inout SeededNumbers) -> Draft {
    var draft = Draft(random.pick(["linux-6.1", "linux-6.12", "linux-7.2"]))
    let slot = 0x140000 + 512 * random.number(0...400)
    let isLarge = random.oneIn(3)
    let call = random.pick(
      draft.kernel == "linux-6.1"
        ? ["ro", "np", "x", "uc"] : ["ro", "np", "x", "rox", "np_noalias"])
    if isLarge {
      draft.calls = ["vmap_page_range text \(frame(slot)) 512"]
      draft.calls.append(
        line("set_memory_\(call)", "text", random.pick([1, 8, 512] as [UInt64])))
      return draft
    }
    let stride = random.pick([1, 1, 2, 512] as [UInt64])
    let count = random.pick([4, 8, 16, 512] as [UInt64])
    let length = stride == 512 ? min(count, 16) : count
    draft.calls = [
      "vmap buffer \(frame(slot)) \(length)" + (stride == 1 ? "" : " stride \(stride)")
    ]
    if random.oneIn(3) { draft.calls.append(line("set_memory_ro", "buffer", length)) }
    draft.calls.append(
      line("set_memory_\(call)", "buffer", random.oneIn(2) ? length : min(length, 3)))
    return draft
  }

  private static func modules(_ random: inout SeededNumbers) -> Draft {
    var draft = Draft(random.pick(["linux-6.1", "linux-6.12", "linux-7.2"]))
    let text = 4 * random.number(2...12)
    let load =
      "module load nf text=\(text)K data=8K rodata=\(random.pick([4, 8] as [UInt64]))K init_text=4K"
    let bytes = random.pick([900, 1500, 3000, 6000] as [UInt64])
    switch random.next(below: 7) {
    case 0: draft.calls = [load]
    case 1: draft.calls = [load, "module unload nf"]
    case 2: draft.calls = ["bpf load filter \(bytes)"]
    case 3:
      draft.calls = ["bpf load filter \(bytes)", "bpf load second \(bytes + 700)"]
      if random.oneIn(2) { draft.calls.append("bpf free filter") }
    case 4: draft.calls = ["secretmem fault key"]
    case 5: draft.calls = ["secretmem fault key", "secretmem fault token"]
    default: draft.calls = ["secretmem fault key", "secretmem release key"]
    }
    if random.oneIn(3) { draft.calls.insert("ftrace load trampoline", at: 0) }
    return draft
  }

  private static func vmalloc(_ random: inout SeededNumbers) -> Draft {
    var draft = Draft(random.pick(["linux-6.12", "linux-6.12", "linux-7.2", "linux-5.11"]))
    if draft.kernel == "linux-5.11", random.oneIn(2) { draft.policies = ["huge-vmalloc-2020"] }
    let blocks = random.number(0...6)
    let pages = max(1, 512 * blocks + random.pick([0, 1, 100, 511] as [UInt64]))
    let huge = random.oneIn(4) || !draft.policies.isEmpty ? "" : " huge"
    draft.calls = ["vmalloc table \(pages)\(huge)"]
    switch random.next(below: 4) {
    case 0:
      draft.calls.append(line("set_memory_ro", "table", min(pages, random.pick([1, 8, 512]))))
    case 1: draft.calls.insert("fail blocks on", at: 0)
    default: break
    }
    return draft
  }

  private static func zapping(_ random: inout SeededNumbers) -> Draft {
    var draft = Draft(random.pick(["linux-6.1", "linux-6.12", "linux-6.12", "linux-7.2"]))
    let order = random.pick([0, 0, 4, 9] as [UInt64])
    let folios = random.pick([1, 4, 8, 16, 64, 100] as [UInt64])
    let pages = order == 0 ? random.pick([5, 7, 8, 100, 516, 2000, 12000]) : folios << order
    let file = random.oneIn(3) ? " file\(random.oneIn(2) ? " dirty" : "")" : ""
    draft.calls = ["mmap heap \(pages)\(order > 0 ? " order \(order)" : "")\(file)"]
    if pages > 8, random.oneIn(3) {
      let first = random.number(1...min(pages - 2, 300))
      draft.calls.append("zap heap+\(first) \(random.number(1...min(pages - first, 600)))")
    } else {
      draft.calls.append("zap heap")
    }
    return draft
  }

  /// States from which a few calls lead on to something: a slot in pieces, a page that lost a flag, a page
  /// with a second address.
  private static func explore(_ random: inout SeededNumbers) -> Draft {
    var draft = Draft(random.pick(["linux-6.1", "linux-6.12", "linux-7.2", "linux-7.2"]))
    let page = frame(0x140000 + 512 * random.number(0...400) + random.number(1...400))
    switch random.next(below: 7) {
    case 0, 1:
      draft.calls = ["set_memory_\(random.pick(["ro", "ro", "np", "x", "uc"])) \(page)"]
    case 2: draft.calls = ["set_memory_ro \(page)", "set_memory_rw \(page)"]
    case 3:
      draft.calls = [
        "set_direct_map_invalid_noflush \(page)", "set_direct_map_default_noflush \(page)",
      ]
    case 4: draft.calls = ["set_memory_ro \(page)", "set_memory_x \(page)"]
    default:
      draft.calls = ["vmap window \(page)"]
      draft.calls +=
        random.oneIn(2)
        ? ["set_memory_ro window", "set_memory_rw \(page)"]
        : ["set_memory_x window", "set_memory_\(random.pick(["ro", "np", "rw"])) \(page)"]
    }
    return draft
  }

  private static func arm64(_ random: inout SeededNumbers) -> Draft {
    var draft = Draft(random.pick(["linux-6.12-arm64", "linux-7.0-arm64"]))
    draft.machine = "arm64-4g"
    let hasBlocks = draft.kernel == "linux-7.0-arm64" && random.oneIn(2)
    if hasBlocks { draft.cpu = ["bbml2 on"] }
    let page = 0x60000 + 512 * random.number(0...400) + random.number(0...400)
    let pages = random.number(2...12)
    switch random.next(below: 6) {
    case 0: draft.calls = [line("set_memory_ro", frame(page), pages)]
    case 1: draft.calls = ["vmalloc buffer \(pages)", "set_memory_ro buffer \(pages - 1)"]
    case 2: draft.calls = ["vmalloc buffer \(pages)", "set_memory_x buffer \(pages)"]
    case 3: draft.calls = ["secretmem fault key"]
    case 4:
      draft.calls = [line("set_direct_map_invalid_noflush", frame(page), 1)]
      if random.oneIn(2) {
        draft.calls.append(line("set_direct_map_default_noflush", frame(page), 1))
      }
    default:
      draft.calls = [
        "set_memory_valid \(frame(page)) \(random.pick([1, 16, 512] as [UInt64])) false"
      ]
    }
    return draft
  }
}
