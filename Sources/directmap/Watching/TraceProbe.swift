import Engine

/// A probe at a function of the kernel.
nonisolated struct TraceProbe: Sendable {
  /// The event, which the readers of traces know by this name.
  var event: String
  private let functions: [String]
  private let arguments: String
  private let isReturn: Bool
  /// Which of its events are recorded; `nil` for all.
  private(set) var filter: String?
  /// Whether the functions under way are recorded too.
  private(set) var hasStack = false

  private init(_ event: String, _ arguments: String) { self.init(event, [event], arguments) }

  private init(
    _ event: String, _ functions: [String], _ arguments: String, isReturn: Bool = false,
  ) {
    self.event = event
    self.functions = functions
    self.arguments = arguments
    self.isReturn = isReturn
  }

  /// The lines for `kprobe_events`, the first of which that the kernel takes counts.
  func definitions(_ group: String) -> [String] {
    functions.map { "\(isReturn ? "r" : "p"):\(group)/\(event) \($0) \(arguments)" }
  }

  private func withStack() -> TraceProbe {
    var probe = self
    probe.hasStack = true
    return probe
  }

  /// The probes that tell who changes the direct map, the most important one first. A kernel lacks some of the
  /// functions.
  ///
  /// - Parameter request: what the kernel calls `change_page_attr_set_clr()`, of which a compiler may have
  ///   made a copy with a name of its own.
  static func all(
    _ architecture: Architecture, request: String = "change_page_attr_set_clr",
  ) -> [TraceProbe] {
    let registers = architecture == .arm64 ? ["%x0", "%x1", "%x2"] : ["%di", "%si", "%dx"]
    let (first, second, third) = (registers[0], registers[1], registers[2])
    var probes: [TraceProbe] = []
    if architecture == .x86_64 {
      let arguments =
        "addr=+0(%di):x64 numpages=%si:s32 set=%dx:x64 clr=%cx:x64 force_split=%r8:s32 flags=%r9:x32"
      probes.append(
        TraceProbe("change_page_attr_set_clr", [request], arguments).withStack())
    }
    for name in [
      "ro", "rw", "x", "nx", "rox", "np", "np_noalias", "p", "uc", "wc", "wb", "4k", "global",
      "nonglobal", "valid",
    ] {
      let probe = TraceProbe("set_memory_\(name)", "addr=\(first):x64 numpages=\(second):s32")
      probes.append(architecture == .arm64 ? probe.withStack() : probe)
    }
    for name in ["invalid", "default"] {
      let event = "set_direct_map_\(name)_noflush"
      probes.append(TraceProbe(event, "page=\(first):x64").withStack())
    }
    probes.append(
      TraceProbe(
        "set_direct_map_valid_noflush",
        "page=\(first):x64 nr=\(second):u32 valid=\(third):u8"
      ).withStack())
    probes.append(TraceProbe("execmem_alloc", "type=\(first):u32 size=\(second):u64"))
    probes.append(
      TraceProbe("execmem_alloc_ret", ["execmem_alloc"], "ptr=$retval:x64", isReturn: true))
    probes.append(TraceProbe("execmem_free", "ptr=\(first):x64"))
    return architecture == .x86_64 ? probes + mappings : probes
  }

  /// The mapping of memory for code: 64 page descriptors an argument, 128 an event.
  private static var mappings: [TraceProbe] {
    stride(from: 0, to: 1024, by: 128).map { page in
      var probe = TraceProbe(
        "vmap_pages_\(page)",
        ["__vmap_pages_range_noflush", "vmap_pages_range_noflush", "vmap_pages_range"],
        "addr=%di:x64 end=%si:x64 a=+\(page * 8)(%cx):x64[64] b=+\(page * 8 + 512)(%cx):x64[64]")
      probe.filter = "addr >= 0xffffffffc0000000"
      return probe
    }
  }
}
