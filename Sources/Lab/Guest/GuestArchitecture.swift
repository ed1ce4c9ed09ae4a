public import Engine

/// What differs between the machines that QEMU can be: where arguments go, and how tables are read.
public struct GuestArchitecture: Sendable {
  /// Which it is.
  public var name: Architecture
  /// QEMU's program.
  var program: String
  /// The machine of QEMU that is booted unless another one is asked for.
  var machine: String
  /// The CPU that is booted unless another one is asked for.
  var cpu: String
  /// The device of the console, as the kernel calls it.
  var console: String
  /// Where the arguments of a function are among the registers, in bytes.
  var arguments: [Int]
  /// Where the result, the stack pointer and the instruction pointer are.
  var result: Int
  var stack: Int
  var instruction: Int
  /// Where the return address goes: a register; `nil` if it lies on the stack.
  var link: Int?
  /// The bytes of the registers that belong to a thread; behind them are those of the CPU it runs on.
  var ofThread: Int
  /// The length of a breakpoint's instruction, in bytes.
  var breakpointLength: Int
  /// The function that the first program calls for ever.
  var yield: String
  /// The physical address of the first byte of RAM.
  var ramStart: UInt64
  /// The largest RAM that lies in one piece, and where the rest goes on.
  var hole: (largest: UInt64, lower: UInt64, upper: UInt64)?
  /// How entries are read.
  var format: TableFormat

  /// x86-64 on QEMU's q35.
  public static let x86 = GuestArchitecture(
    name: .x86_64, program: "qemu-system-x86_64", machine: "q35", cpu: "qemu64,+pdpe1gb",
    console: "ttyS0",
    // rdi, rsi, rdx, rcx, r8, r9
    arguments: [5, 4, 3, 2, 8, 9].map { $0 * 8 }, result: 0, stack: 7 * 8, instruction: 16 * 8,
    link: nil, ofThread: 17 * 8 + 4, breakpointLength: 1, yield: "__x64_sys_sched_yield",

    ramStart: 0, hole: (largest: 0xb000_0000, lower: 0x8000_0000, upper: 1 << 32), format: .x86)

  /// arm64 on QEMU's virt.
  public static let arm64 = GuestArchitecture(
    name: .arm64, program: "qemu-system-aarch64", machine: "virt", cpu: "cortex-a57",
    console: "ttyAMA0",
    arguments: (0..<8).map { $0 * 8 }, result: 0, stack: 31 * 8, instruction: 32 * 8,
    link: 30 * 8, ofThread: 33 * 8 + 4, breakpointLength: 4, yield: "__arm64_sys_sched_yield",

    ramStart: 1 << 30, hole: nil, format: .arm64)

  /// The architecture of a kernel by the first bytes of its file; `nil` if it is for none of the two.
  ///
  /// Source: Documentation/arch/x86/boot.rst (`HdrS` at 0x202) and Documentation/arch/arm64/booting.rst
  /// (`ARM\x64` at 56).
  public init?(ofKernel bytes: some RandomAccessCollection<UInt8>) {
    func has(_ word: String, at place: Int) -> Bool {
      bytes.dropFirst(place).starts(with: word.utf8)
    }
    if has("HdrS", at: 0x202) {
      self = .x86
    } else if has("ARMd", at: 56) || bytes.starts(with: [0x1f, 0x8b]) {
      self = .arm64
    } else if bytes.starts(with: "MZ".utf8), has("zimg", at: 4) {
      // An EFI image that unpacks itself cannot be loaded without firmware.
      return nil
    } else {
      return nil
    }
  }
}

extension GuestArchitecture {
  private init(
    name: Architecture, program: String, machine: String, cpu: String, console: String,
    arguments: [Int], result: Int, stack: Int, instruction: Int, link: Int?, ofThread: Int,
    breakpointLength: Int,
    yield: String, ramStart: UInt64,
    hole: (largest: UInt64, lower: UInt64, upper: UInt64)?, format: TableFormat,
  ) {
    self.name = name
    self.program = program
    self.machine = machine
    self.cpu = cpu
    self.console = console
    self.arguments = arguments
    self.result = result
    self.stack = stack
    self.instruction = instruction
    self.link = link
    self.ofThread = ofThread
    self.breakpointLength = breakpointLength
    self.yield = yield
    self.ramStart = ramStart
    self.hole = hole
    self.format = format
  }
}
