import Engine
import KernelText

// The table of commands, part by part.

extension Command {
  static var setup: [Command] {
    [
      Command(
        name: "machine", operands: [.required(.machine)],
        help: "Chooses the machine to boot.",
        example: "machine teaching-4g", group: .setup, make: { .machine($0.text) }),
      Command(
        name: "iomem", operands: [.required(.text)],
        help: "A line of the /proc/iomem of the machine to boot, in the place of a built-in one.",
        example: "iomem \"00100000-7ffdbfff : System RAM\"", group: .setup,
        make: { .firmware(.iomem, $0.text) }),
      Command(
        name: "dmesg", operands: [.required(.text)],
        help: "A line of the kernel log of the machine to boot: its memory map, its nodes.",
        example: "dmesg \"BIOS-e820: [mem 0x0000000000100000-0x000000007ffdbfff] usable\"",
        group: .setup, make: { .firmware(.dmesg, $0.text) }),
      Command(
        name: "kernel", operands: [.required(.kernel)],
        help: "Chooses the kernel version whose rules hold.",
        example: "kernel linux-6.12", group: .setup, make: { .kernel($0.text) }),
      Command(
        name: "cpu", operands: [.required(.cpu)],
        help: "Turns a feature of the CPU on or off, or sets how many CPUs there are: cpu count N.",
        example: "cpu pti on", group: .setup, make: { .cpu($0.cpu) }),
      Command(
        name: "policy", operands: [.required(.policy), .optional(.onOff)],
        help: "Builds the kernel with a remedy that was proposed; with on or off, a call that "
          + "switches its cache.",
        example: "policy edgecombe-2021", group: .setup,
        make: { values in
          values.isOn.map { .call(.policy(.enable(values.policy, $0))) } ?? .policy(values.policy)
        }),
      // Its further lines, up to `end`, are read by `RuleReader`.
      Command(
        name: "rule", operands: [.required(.label), .optional(.text)],
        help: "A policy of your own, up to its end: docs/rules.md. In one line with ; between.",
        example: "rule mine; when written if tracked; cost words 1; end", group: .setup,
        make: { _ in nil }),
    ]
  }

  static var setMemory: [Command] {
    SetMemory.allCases.map { operation in
      Command(
        name: operation.name, operands: [.required(.target), .optional(.count)],
        help: operation.help, example: "\(operation.name) pfn:0x180000 8",
        group: operation.isCacheType ? .cacheTypes : .permissions,
        make: { .call(.setMemory(operation, $0.target, $0.count)) })
    }
  }

  static var setPages: [Command] {
    SetPages.allCases.map { operation in
      Command(
        name: operation.name, operands: [.required(.frame), .optional(.count)],
        help: "\(operation.setMemory.name) at the direct-map address of these frames.",
        example: "\(operation.name) pfn:0x180000 8", group: .frames,
        make: { .call(.setPages(operation, $0.frame, $0.count)) })
    }
  }

  static var setPagesArray: [Command] {
    SetPagesArray.allCases.map { operation in
      Command(
        name: operation.name,
        operands: [.required(.frame), .optional(.count), .optional(.stride)],
        help: "\(operation.typeName) for single frames, one every N, which are walked one by one.",
        example: "\(operation.name) pfn:0x180000 512 stride 4", group: .frames,
        make: { .call(.setPagesArray(operation, $0.frames)) })
    }
  }

  static var setDirectMap: [Command] {
    SetDirectMap.allCases.map { operation in
      Command(
        name: operation.name, operands: [.required(.frame), .optional(.count)],
        help: operation == .invalid
          ? "Takes frames out of the direct map, one call a frame; flushes nothing."
          : "Puts frames back, present and writable, one call a frame; G and D stay lost.",
        example: "\(operation.name) pfn:0x180000", group: .directMap,
        make: { .call(.setDirectMap(operation, $0.frame, $0.count)) })
    } + [
      Command(
        name: "set_direct_map_valid_noflush",
        operands: [.required(.frame), .optional(.count), .required(.boolean)],
        help: "As default (true) or invalid (false), one call for all frames; 6.13 and later.",
        example: "set_direct_map_valid_noflush pfn:0x180000 16 false", group: .directMap,
        make: { .call(.setDirectMapValid($0.frame, $0.count, $0.boolean)) })
    ]
  }

  static var areas: [Command] {
    [
      Command(
        name: "vmap",
        operands: [
          .required(.area), .required(.frame), .optional(.count), .optional(.stride),
          .optional(.place),
        ],
        help: "Makes an area that shows frames a second time, with 4K entries.",
        example: "vmap buffer pfn:0x180000 512", group: .areas,
        make: { values in
          values.area.map { .call(.vmap($0, values.frames, at: values.place)) }
        }),
      Command(
        name: "vmap_page_range",
        operands: [
          .required(.area), .required(.frame), .optional(.count), .optional(.place),
        ],
        help: "The same for frames contiguous, with the largest leaves that fit; in blocks of 2M.",
        example: "vmap_page_range text pfn:0x180000 2M", group: .areas,
        make: { values in
          values.area.map {
            .call(.vmapPageRange($0, values.frame, values.count, at: values.place))
          }
        }),
      Command(
        name: "vunmap", operands: [.required(.area)],
        help: "Frees an area; its addresses are flushed by the next change of attributes.",
        example: "vunmap buffer", group: .areas,
        make: { values in values.area.map { .call(.vunmap($0)) } }),
    ]
  }

  static var others: [Command] {
    [
      Command(
        name: "touch",
        operands: [.optional(.access), .required(.target), .optional(.count)],
        help: "The CPU reads (sets A) or writes (sets A and D) a byte of each page; it writes "
          + "if you do not say.",
        example: "touch write pfn:0x180000 8", group: .machine,
        make: { .call(.touch($0.access, $0.target, $0.count)) }),
      Command(
        name: "poke", operands: [.required(.target), .required(.bits)],
        help:
          "Changes bits of the entry that maps a page behind CPA's back, as KFENCE does; a flush only on demand.",
        example: "poke pfn:0x180000 without P flush", group: .machine,
        make: { .call(.poke($0.target, $0.poke)) }),
      Command(
        name: "collapse", operands: [.required(.target), .optional(.count)],
        help: "An experiment, no kernel has this call: collapses as set_memory_rox does on 6.15 "
          + "and later, and changes nothing else.",
        example: "collapse pfn:0x180000 2M", group: .machine,
        make: { .call(.collapse($0.target, $0.count)) }),
      Command(
        name: "kcall", operands: [.required(.function)],
        help:
          "Calls any function of a real kernel by hand: in directmap lab and run --on; the simulation "
          + "has no rule for it.",
        example: "kcall set_memory_4k pfn:0x180000 1", group: .machine,
        make: { .call(.function($0.function)) }),
      Command(
        name: "note", operands: [.required(.text)], help: "Words for the reader.",
        example: "note \"One page turns read-only.\"", group: .script, make: { .note($0.text) }),
      Command(
        name: "pause", operands: [], help: "A player waits here for a key; a run continues.",
        example: "pause", group: .script, make: { _ in .pause }),
      Command(
        name: "why", operands: [.required(.target), .optional(.leafSize)],
        help:
          "Says why a slot is not one leaf, who would merge it, and what would split a large leaf.",
        example: "why pfn:0x180000 2M", group: .script,
        make: { .why($0.target, $0.leafSize) }),
      tlb,
      Command(
        name: "areas", operands: [],
        help: "Says what each area of vmalloc space takes and wastes, its leaves and its nodes.",
        example: "areas", group: .script, make: { _ in .areas }),
      Command(
        name: "print", operands: [.required(.expression)],
        help: "Prints the value of an expression.", example: "print DirectMap4k - 2048",
        group: .script, make: { .printing($0.expression) }),
      Command(
        name: "display", operands: [.required(.expression)],
        help: "Shows the value of an expression after each call and at each stop, from here on.",
        example: "display DirectMap4k", group: .script,
        make: { .display(.begin($0.expression)) }),
      Command(
        name: "undisplay", operands: [.required(.shown)],
        help: "Ends a display, by its number, or all of them.", example: "undisplay 1",
        group: .script, make: { .display(.end($0.shown)) }),
      Command(
        name: "expect", operands: [.required(.expression)],
        help: "A claim: if it does not hold, the run ends with status 1.",
        example: "expect size(pfn:0x180000) == 2M && ret == 0", group: .script,
        make: { .expect($0.expression) }),
    ]
  }
}

extension SetPagesArray {
  /// The cache type that the call gives.
  fileprivate var typeName: String {
    switch self {
    case .uc: "Uncached (UC-)"
    case .wc: "Write-combining"
    case .wb: "Write-back"
    }
  }
}

extension SetMemory {
  /// Whether the call changes the cache type and no permission.
  var isCacheType: Bool {
    switch self {
    case .uc, .wc, .wt, .wb: true
    case .ro, .rw, .x, .nx, .rox, .np, .npNoalias, .p, .split4K, .global, .nonglobal, .encrypted,
      .decrypted:
      false
    }
  }

  /// What the call does, in one line.
  var help: String {
    switch self {
    case .ro: "Read-only: clears RW, and D from about 6.6 on."
    case .rw: "Writable: sets RW. D stays as it is."
    case .x: "Executable: clears NX. The direct map keeps its NX when called on an area."
    case .nx: "Not executable: sets NX."
    case .rox: "Read-only and executable at once; collapses from 6.15 on. Not in 6.1."
    case .np: "Not present: clears P, and G goes with it."
    case .npNoalias: "Not present, and other mappings of the pages are left alone."
    case .p: "Present again: sets P. G stays lost. Not in 6.1."
    case .split4K: "Splits down to 4K entries; marks them KERNEL_4K from 6.15 on."
    case .global: "Sets G."
    case .nonglobal: "Clears G."
    case .uc: "Uncached (UC-): reserves the type, then sets PCD. -EBUSY unless all pages are WB."
    case .wc: "Write-combining: by way of UC-, so two changes. -EBUSY unless all pages are WB."
    case .wt: "Write-through, as ioremap sets it: PAT, PCD and PWT; reserves nothing."
    case .wb: "Write-back: clears the cache bits and releases the type."
    case .encrypted: "Private memory of a confidential guest; does nothing in any other."
    case .decrypted: "Shared memory of a confidential guest; does nothing in any other."
    }
  }
}
