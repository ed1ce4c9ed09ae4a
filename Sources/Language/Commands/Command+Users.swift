import Engine

// The table of commands: what the kernel's users of special permissions do.

extension Command {
  static var users: [Command] {
    vmalloc + devices + modules + code + others(of: .users) + usersSince2023
  }

  /// A command on something with a name and nothing else.
  private static func named(
    _ name: String, help: String, example: String,
    _ call: @escaping @Sendable (Name) -> UserCall,
  ) -> Command {
    Command(
      name: name, operands: [.required(.area)], help: help, example: "\(name) \(example)",
      group: .users, make: { values in values.area.map { .call(.user(call($0))) } })
  }

  private static var vmalloc: [Command] {
    [
      Command(
        name: "vmalloc",
        operands: [
          .required(.area), .required(.count), .optional(.node), .optional(.group),
          .optional(.reset), .optional(.huge), .optional(.interleave), .optional(.gfp),
          .optional(.place),
        ],
        help: "An area with pages of its own: group, reset for code; huge: 2M leaves; "
          + "interleave: nodes take turns.",
        example: "vmalloc table 16 group reset", group: .users,
        make: { values in
          var options = values.options
          options.place = values.place
          return values.area.map { .call(.user(.vmalloc($0, values.count, options))) }
        }),
      named(
        "vfree", help: "Frees it; with reset its pages leave the direct map and come back.",
        example: "table", UserCall.vfree),
    ]
  }

  private static var devices: [Command] {
    [
      Command(
        name: "ioremap",
        operands: [.required(.area), .required(.frame), .required(.count), .optional(.align)],
        help: "An area of uncached leaves for frames of a device, aligned to its size.",
        example: "ioremap bar pfn:0xc0000 16M", group: .areas,
        make: { values in
          values.area.map {
            .call(.user(.ioremap($0, values.frame, values.count, align: values.align)))
          }
        }),
      Command(
        name: "iounmap", operands: [.required(.area)], help: "Frees it.", example: "iounmap bar",
        group: .areas, make: { values in values.area.map { .call(.user(.iounmap($0))) } }),
      Command(
        name: "apply_to_existing_page_range", operands: [.required(.area)],
        help: "Software walks an area's 4K entries; a large leaf stops it, before 5.13 the kernel.",
        example: "apply_to_existing_page_range table", group: .areas,
        make: { values in values.area.map { .call(.user(.walk($0))) } }),
    ]
  }

  private static var modules: [Command] {
    [
      Command(
        name: "module load", operands: [.required(.area), .optional(.module)],
        help: "Loads, protects and starts a module of this many bytes a part, or of the sizes in "
          + "a .ko file.",
        example: "module load nf text=24K data=8K rodata=8K ro_after_init=4K init_text=4K",
        group: .users,
        make: { values in
          values.area.map { name in
            values.file.map { .moduleFile(name, file: $0) }
              ?? .call(.user(.moduleLoad(name, values.module)))
          }
        }),
      named(
        "module unload", help: "Frees all of a module, its data last.", example: "nf",
        UserCall.moduleUnload),
    ]
  }

  private static var code: [Command] {
    [
      Command(
        name: "bpf load", operands: [.required(.area), .required(.bytes), .optional(.classic)],
        help:
          "Loads a BPF program of this many bytes, in a shared pack from 5.18 on; or a classic one.",
        example: "bpf load filter 1500", group: .users,
        make: { values in
          values.area.map {
            .call(.user(.bpfLoad($0, bytes: values.bytes, isClassic: values.isClassic)))
          }
        }),
      named(
        "bpf free", help: "Frees the program, and its pack with the last one in it.",
        example: "filter", UserCall.bpfFree),
      Command(
        name: "ftrace load", operands: [.required(.area), .optional(.count)],
        help: "Makes a trampoline of ftrace: written, then read-only and executable.",
        example: "ftrace load trampoline", group: .users,
        make: { values in values.area.map { .call(.user(.ftraceLoad($0, values.count))) } }),
      named(
        "ftrace free", help: "Frees the trampoline.", example: "trampoline", UserCall.ftraceFree),
      named(
        "kprobe load", help: "Makes a page of kprobe instruction slots.", example: "slots",
        UserCall.kprobeLoad),
      named("kprobe free", help: "Frees the page.", example: "slots", UserCall.kprobeFree),
      Command(
        name: "execmem alloc", operands: [.required(.area), .optional(.count)],
        help: "Takes executable memory to be written: from the read-only cache from 6.15 on.",
        example: "execmem alloc text 6", group: .users,
        make: { values in values.area.map { .call(.user(.execmemAlloc($0, values.count))) } }),
      named(
        "execmem restore", help: "Makes it read-only and executable when it is filled.",
        example: "text", UserCall.execmemRestore),
      named(
        "execmem free", help: "Gives it back, to the cache where there is one.", example: "text",
        UserCall.execmemFree),
    ]
  }

  private static func others(of group: Group) -> [Command] {
    [
      named(
        "secretmem fault",
        help: "A process touches a page of memfd_secret: it leaves the direct map.",
        example: "key", UserCall.secretmemFault),
      named(
        "secretmem release", help: "The page goes: back into the direct map, and zeroed there.",
        example: "key", UserCall.secretmemRelease),
    ]
      + [true, false].map { protects in
        Command(
          name: "kfence \(protects ? "protect" : "unprotect")", operands: [.required(.frame)],
          help: protects
            ? "KFENCE takes P from a page's 4K entry behind CPA's back."
            : "KFENCE gives P back.",
          example: "kfence \(protects ? "protect" : "unprotect") pfn:0x180000", group: group,
          make: { .call(.user(.kfence(protects: protects, $0.frame))) })
      }
  }
}

// What is asked of policies and of the page supply.

extension Command {
  static var policies: [Command] {
    [
      Command(
        name: "shrink",
        operands: [.required(.policy), .required(.scanCount), .optional(.node), .optional(.gfp)],
        help: "One scan of a policy's shrinker for this many pages.",
        example: "shrink edgecombe-2021 128 node 0", group: .policies,
        make: { values in
          let options = values.options
          return .call(
            .policy(
              .shrink(
                values.policy, node: options.node ?? -1, pages: UInt32(values.number),
                gfp: options.gfp)))
        }),
      Command(
        name: "reclaim",
        operands: [.required(.policy), .required(.priority), .optional(.node)],
        help: "The kernel's reclaim loop for a policy's shrinker, from 12 (light) to 0 "
          + "(desperate).",
        example: "reclaim edgecombe-2021 2 node 0", group: .policies,
        make: { values in
          .call(
            .policy(
              .reclaim(
                values.policy, node: values.options.node ?? -1, priority: values.number)))
        }),
      Command(
        name: "drop_slab", operands: [],
        help: "All shrinkers, until they have nothing left: echo 2 > /proc/sys/vm/drop_caches.",
        example: "drop_slab", group: .policies, make: { _ in .call(.policy(.dropSlab)) }),
      Command(
        name: "supply", operands: [.required(.answer)],
        help:
          "The next request of this order gets this block, or nothing; or reclaim comes before it.",
        example: "supply 9 pfn:0x180000", group: .policies,
        make: { values in
          .call(.policy(.supply(values.answer)))
        }),
      Command(
        name: "fail blocks", operands: [.required(.onOff)],
        help: "Requests of 2M blocks fail from here on, or do not any more.",
        example: "fail blocks on", group: .policies,
        make: { values in .call(.policy(.failBlocks(values.isOn ?? true))) }),
      Command(
        name: "fail tables", operands: [.required(.onOff)],
        help: "Splits find no page for their table from here on, or do again.",
        example: "fail tables on", group: .policies,
        make: { values in .call(.policy(.failTables(values.isOn ?? true))) }),
      Command(
        name: "fail pages", operands: [.required(.limit)],
        help: "Single pages fail after this many more, or do not any more.",
        example: "fail pages 3", group: .policies,
        make: { values in .call(.policy(.failPages(after: values.limit))) }),
      Command(
        name: "fail requests", operands: [.required(.limit), .optional(.count)],
        help:
          "Of the next requests for pages, of any order, fails those after this many: COUNT of them, "
          + "or all.",
        example: "fail requests 1 1", group: .policies,
        make: { values in
          let times = values.wasCounted ? Int(clamping: values.count.rawValue) : nil
          return .call(
            .policy(
              .failRequests(values.limit.map { PageSupply.Refusals(after: $0, times: times) })))
        }),
    ]
  }

  /// Whether it frees what the name behind it stands for.
  public var frees: Bool {
    ["vunmap", "vfree", "iounmap", "apply_to_existing_page_range"].contains(name)
      || ["unload", "free", "restore", "release", "put"].contains(secondWord)
  }
}
