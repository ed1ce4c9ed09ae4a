import Engine
import Foundation

@testable import Lab

/// Programs of this system that run inside a guest, beside its first program.
///
/// Each is started by the kernel itself, with the libraries that it needs in `/lab`. They run while the first
/// program sleeps.
struct GuestPrograms {
  let guest: Guest
  /// A page of the kernel for what it is handed.
  private let page: UInt64

  init(_ guest: Guest) throws {
    self.guest = guest
    page = try guest.call(GuestCalls.getFreePages, [0xcc0, 1])
  }

  /// A program with all libraries that it needs, as files for a guest.
  static func files(of program: String) throws -> [(name: String, bytes: [UInt8])] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/ldd")
    process.arguments = [program]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var paths = [program]
    for line in text.split(separator: "\n") {
      // `libm.so.6 => /lib/libm.so.6 (0x...)`, or the loader by its path alone.
      guard let path = line.split(separator: " ").first(where: { $0.contains("/") }) else {
        continue
      }
      paths.append(path.trimmingCharacters(in: .whitespaces))
    }
    return try paths.map { path in
      (URL(filePath: path).lastPathComponent, Array(try Data(contentsOf: URL(filePath: path))))
    }
  }

  /// Starts a program of `/lab`, which runs while the first program sleeps.
  func start(_ program: String, _ arguments: [String]) throws -> Int64 {
    let loader = "/lab/ld-linux-x86-64.so.2"
    let words = [loader, "--library-path", "/lab", "/lab/\(program)"] + arguments
    var bytes: [UInt8] = []
    var places: [UInt64] = []
    for word in words {
      places.append(page + 1024 + UInt64(bytes.count))
      bytes += Array(word.utf8) + [0]
    }
    let home = page + 1024 + UInt64(bytes.count)
    bytes += Array("HOME=/".utf8) + [0]
    try guest.qemu.debugger.write(bytes, at: page + 1024)
    for (index, place) in (places + [0]).enumerated() {
      try guest.qemu.debugger.write(word: place, at: page + UInt64(index) * 8)
    }
    try guest.qemu.debugger.write(word: home, at: page + 512)
    try guest.qemu.debugger.write(word: 0, at: page + 520)
    // UMH_WAIT_EXEC
    let result = try guest.call(
      try guest.address(of: ["call_usermodehelper"]), [places[0], page, page + 512, 1],
      seconds: 120)
    return Int64(Int32(truncatingIfNeeded: result))
  }

  /// Lets the guest run on for a time.
  func sleep(milliseconds: UInt64) throws {
    _ = try guest.call(
      try guest.address(of: ["msleep"]), [milliseconds], seconds: Int(milliseconds / 1000) + 120)
  }

  /// Makes a system call from the first program. Bytes for it are put where it can be handed their address.
  func systemCall(
    _ name: String, _ bytes: [UInt8] = [], _ arguments: (UInt64) -> [UInt64],
  ) throws -> Int64 {
    // Behind the order of the first program: 256 bytes twice.
    let place = guest.mailPlace + 32
    try guest.qemu.debugger.write(bytes, at: place)
    var registers = [UInt8](repeating: 0, count: 176)
    // struct pt_regs of x86-64: di, si, dx, r10, r8, r9.
    for (value, offset) in zip(arguments(place), [112, 104, 96, 56, 72, 64]) {
      registers.set(value, at: offset)
    }
    try guest.qemu.debugger.write(registers, at: page + 4096)
    return Int64(
      bitPattern: try guest.call(
        try guest.address(of: ["__x64_sys_\(name)"]), [page + 4096], seconds: 120))
  }

  func mount(_ type: String, at path: String) throws -> Int64 {
    let bytes = Array(type.utf8) + [0] + Array(path.utf8) + [0]
    return try systemCall("mount", bytes) { place in
      [place, place + UInt64(type.utf8.count) + 1, place, 0, 0]
    }
  }

  /// What a file of the guest holds, up to 31 MiB.
  func contents(of path: String) throws -> [UInt8] {
    let mail = guest.mailPlace
    try guest.qemu.debugger.write(Array(path.utf8) + [0], at: mail + 32)
    try guest.qemu.debugger.write(word: UInt64(UInt8(ascii: "r")), at: mail + 16)
    try guest.letObey()
    let text = try guest.qemu.debugger.word(at: mail)
    let length = try guest.qemu.debugger.word(at: mail + 8)
    let bytes = try guest.qemu.debugger.read(text, count: Int(length))
    // Behind a line with the path.
    guard let end = bytes.dropFirst().firstIndex(of: 10) else { return [] }
    return Array(bytes[(end + 1)...])
  }

  /// Loads a BPF program as a filter of packets, which returns 0: its descriptor, below 0 if it failed.
  func loadFilter(instructions count: Int = 24) throws -> Int64 {
    // BPF_MOV64_IMM(r0, 0), ..., BPF_EXIT
    var program: [UInt8] = []
    for _ in 1..<count { program += [0xb7, 0, 0, 0, 0, 0, 0, 0] }
    program += [0x95, 0, 0, 0, 0, 0, 0, 0]
    let licence = Array("GPL\0".utf8)
    // union bpf_attr: the type, the number of instructions, their place, the licence's place.
    return try systemCall(
      "bpf", [UInt8](repeating: 0, count: 64) + program + licence
    ) { place in
      let code = place + 64
      try? guest.qemu.debugger.write(word: 1 | UInt64(count) << 32, at: place)
      try? guest.qemu.debugger.write(word: code, at: place + 8)
      try? guest.qemu.debugger.write(word: code + UInt64(program.count), at: place + 16)
      // BPF_PROG_LOAD
      return [5, place, 64]
    }
  }
}
