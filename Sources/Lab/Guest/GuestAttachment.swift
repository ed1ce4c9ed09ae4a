import CLinux

/// A QEMU that somebody else started, and what is needed to work with the guest in it.
public struct GuestAttachment: Sendable {
  /// The Unix socket of its debugger, as in `-gdb unix:PATH,server=on,wait=off`.
  public var debugger: String
  /// The file that is its RAM, as in `-object memory-backend-file,mem-path=PATH,share=on`.
  public var memory: String
  /// Copies of the guest's `/proc/version`, `cmdline`, `iomem`, `cpuinfo` and `kallsyms`, by these paths.
  public var files: [String: [UInt8]]

  /// The files of `/proc` that are needed.
  public static let names = ["version", "cmdline", "iomem", "cpuinfo", "kallsyms"]

  /// Creates an attachment.
  public init(debugger: String, memory: String, files: [String: [UInt8]]) {
    self.debugger = debugger
    self.memory = memory
    self.files = files
  }

  /// Connects to the debugger.
  func connect() throws(LabError) -> Wire {
    let socket = unsafe socket_connect(debugger)
    guard socket >= 0 else {
      throw .system(what: "the debugger's socket \(debugger)", reason: Wire.reason(-socket))
    }
    return Wire(socket)
  }

  /// Opens the memory.
  func openMemory() throws(LabError) -> (file: Int32, size: UInt64) {
    var size: UInt64 = 0
    let file = unsafe memory_file_open(memory, &size)
    guard file >= 0 else {
      throw .system(what: "the guest's memory \(memory)", reason: Wire.reason(-file))
    }
    return (file, size)
  }
}

extension GuestMemory {
  /// Maps the memory of a QEMU that somebody else started. What of it lies above 4 GiB the guest's
  /// `/proc/iomem` tells: QEMU's machines divide it at different places.
  static func attached(
    _ attachment: GuestAttachment, _ architecture: GuestArchitecture, ramEnd: UInt64,
  ) throws(LabError) -> GuestMemory {
    let (file, size) = try attachment.openMemory()
    let border: UInt64 = 1 << 32
    guard architecture.hole != nil, ramEnd > border else {
      return try GuestMemory(file: file, size: size, architecture, lower: nil)
    }
    guard ramEnd - border < size else {
      descriptor_close(file)
      throw .notUnderstood(
        "memory: \(attachment.memory) is smaller than the RAM in its iomem, and so")
    }
    return try GuestMemory(file: file, size: size, architecture, lower: size - (ramEnd - border))
  }
}
