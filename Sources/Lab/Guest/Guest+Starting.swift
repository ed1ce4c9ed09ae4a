import CLinux
import Engine

// From the start of QEMU to where the first program stands still.

extension Guest {
  /// Starts QEMU and waits for the line that the first program prints.
  static func boot(
    _ options: GuestOptions, _ architecture: GuestArchitecture,
  ) throws(LabError) -> (QEMU, mail: UInt64, yield: UInt64) {
    switch options.accelerator {
    case .tcg: return try boot(options, architecture, .tcg, options.bootSeconds)
    case .kvm: return try boot(options, architecture, .kvm, options.bootSeconds)
    case .automatic:
      // A device that opens may still be one in which nothing runs.
      if architecture.name == .native, unsafe device_opens("/dev/kvm") != 0,
        let booted = try? boot(options, architecture, .kvm, 8)
      {
        return booted
      }
      return try boot(options, architecture, .tcg, options.bootSeconds)
    }
  }

  private static func boot(
    _ options: GuestOptions, _ architecture: GuestArchitecture,
    _ accelerator: GuestOptions.Accelerator, _ seconds: Int,
  ) throws(LabError) -> (QEMU, mail: UInt64, yield: UInt64) {
    let qemu = try QEMU(options, architecture, accelerator: accelerator)
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: .seconds(seconds))
    while clock.now < deadline {
      let isThere = qemu.console.take(milliseconds: 100)
      if let words = qemu.lastWords() {
        let console = qemu.console.lastLines()
        throw console.isEmpty ? .ended(words) : .stopped(console: console)
      }
      if let (mail, yield) = announcement(qemu.console.text) {
        guard yield != 0 else { throw .noSymbol(architecture.yield) }
        return (qemu, mail, yield)
      }
      guard isThere else { continue }
    }
    throw .tooSlow(what: "booting", seconds: seconds, console: qemu.console.lastLines())
  }

  /// The two addresses in the line of the first program.
  private static func announcement(_ console: [UInt8]) -> (UInt64, UInt64)? {
    let lines = console.split(separator: 10)
    guard let line = lines.last(where: { $0.starts(with: "directmap-lab ".utf8) }) else {
      return nil
    }
    let words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0.isNewline }
    guard words.count == 3, words[2].count == 16, let mail = UInt64(words[1], radix: 16),
      let yield = UInt64(words[2], radix: 16)
    else { return nil }
    return (mail, yield)
  }

  /// Lets the guest go on to where the first program yields, and gives the registers there.
  static func stand(
    _ qemu: QEMU, at yield: UInt64, _ architecture: GuestArchitecture, seconds: Int,
  ) throws(LabError) -> [UInt8] {
    let point = Debugger.Point.instruction(yield)
    try qemu.debugger.set(point, length: architecture.breakpointLength)
    try qemu.debugger.goOn()
    guard try qemu.debugger.waitForStop(milliseconds: seconds * 1000) != nil else {
      try qemu.debugger.interrupt()
      throw .tooSlow(
        what: "the first program", seconds: seconds, console: qemu.console.lastLines())
    }
    try qemu.debugger.clear(point, length: architecture.breakpointLength)
    return try qemu.debugger.registers()
  }

  /// The physical address of the first table that the processor uses; `nil` where the debugger does not tell.
  static func tableRoot(_ registers: [UInt8], _ architecture: GuestArchitecture) -> UInt64? {
    // CR3, behind the general registers, flags, segments and their bases, CR0 and CR2.
    guard architecture.name == .x86_64, registers.count > 220 else { return nil }
    return registers.word(at: 204) & 0x000f_ffff_ffff_f000
  }

  /// Reads memory of the first program: through its tables where the debugger tells where they are,
  /// which is many times faster.
  static func read(
    _ qemu: QEMU, _ address: UInt64, count: Int, _ registers: [UInt8],
    _ architecture: GuestArchitecture,
  ) throws(LabError) -> [UInt8] {
    guard let root = tableRoot(registers, architecture) else {
      return try qemu.debugger.read(address, count: count)
    }
    let levels = registers.word(at: 212) >> 12 & 1 == 1 ? 5 : 4
    let reader = TableReader(
      qemu.memory, root: root, levels: levels, format: architecture.format)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let place = address + UInt64(bytes.count)
      let portion = min(4096 - Int(place & 4095), count - bytes.count)
      if let physical = reader.physical(place),
        let page = qemu.memory.bytes(at: physical, count: portion)
      {
        bytes += page
      } else {
        bytes += try qemu.debugger.read(place, count: portion)
      }
    }
    return bytes
  }
}

extension Architecture {
  /// That of the processor here.
  fileprivate static var native: Architecture {
    #if arch(arm64)
      .arm64
    #else
      .x86_64
    #endif
  }
}
