import Engine

// The table of commands: users of single pages of the direct map that came or were proposed since 2023.

extension Command {
  static var usersSince2023: [Command] {
    [
      Command(
        name: "gmem fault", operands: [.required(.area), .required(.count), .optional(.noflush)],
        help:
          "A guest touches pages of guest_memfd: each leaves the direct map (proposed 2024 to 2026).",
        example: "gmem fault guest 512 noflush", group: .users,
        make: { values in
          values.area.map {
            .call(.user(.gmemFault($0, values.count, flushes: !values.isWithoutFlush)))
          }
        }),
      Command(
        name: "gmem release", operands: [.required(.area)],
        help: "The guest's pages come back into the direct map; nothing merges.",
        example: "gmem release guest", group: .users,
        make: { values in values.area.map { .call(.user(.gmemRelease($0))) } }),
      Command(
        name: "gmem write", operands: [.required(.area), .required(.count), .optional(.noflush)],
        help:
          "The host writes a guest's pages: each is put back for a moment, or seen through the Mermap.",
        example: "gmem write guest 512", group: .users,
        make: { values in
          values.area.map {
            .call(.user(.gmemWrite($0, values.count, flushes: !values.isWithoutFlush)))
          }
        }),
      Command(
        name: "mermap get", operands: [.required(.area), .required(.frame), .optional(.count)],
        help: "Maps frames in the window of this CPU (mermap-2026): four at a time, 511 pages.",
        example: "mermap get hold pfn:0x180000 16", group: .users,
        make: { values in
          values.area.map { .call(.user(.mermapGet($0, values.frame, values.count))) }
        }),
      Command(
        name: "mermap put", operands: [.required(.area)],
        help: "Unmaps them; the flush of this CPU waits until the space is used again.",
        example: "mermap put hold", group: .users,
        make: { values in values.area.map { .call(.user(.mermapPut($0))) } }),
      Command(
        name: "rmpupdate", operands: [.required(.frame), .optional(.count)],
        help: "An SNP host updates the RMP: a 4K update splits for good, one of whole 2M does not.",
        example: "rmpupdate pfn:0x180000 512", group: .users,
        make: { .call(.user(.rmpUpdate($0.frame, $0.count))) }),
      Command(
        name: "hwpoison", operands: [.required(.frame)],
        help: "A page with a memory error leaves the direct map by way of a decoy address.",
        example: "hwpoison pfn:0x180005", group: .users,
        make: { .call(.user(.hwpoison($0.frame))) }),
      Command(
        name: "unpoison", operands: [.required(.frame)], help: "The page comes back, without G.",
        example: "unpoison pfn:0x180005", group: .users,
        make: { .call(.user(.unpoison($0.frame))) }),
      Command(
        name: "kexec load", operands: [.required(.area)],
        help: "Loads a kernel for kexec: one page of the direct map becomes executable.",
        example: "kexec load next", group: .users,
        make: { values in values.area.map { .call(.user(.kexecLoad($0))) } }),
      Command(
        name: "kexec unload", operands: [.required(.area)],
        help: "Unloads it: NX and RW come back, the leaf does not.", example: "kexec unload next",
        group: .users, make: { values in values.area.map { .call(.user(.kexecUnload($0))) } }),
    ]
  }
}
