import CLinux
@unsafe @preconcurrency import Glibc
import Maps

/// A compressed dump of a kernel's memory, by physical addresses, read by libkdumpfile.
@safe nonisolated final class KdumpFile: BytesAtOffsets {
  private let file: InputFile
  private let dump: OpaquePointer

  /// Opens a dump.
  ///
  /// - Throws: what is wrong with the file, or how to convert it where the library is not installed.
  init(_ path: String) throws(UserError) {
    file = try InputFile(path, .file)
    var opened: OpaquePointer?
    var reason = [CChar](repeating: 0, count: 200)
    let status = unsafe kdump_file_open(file.number, &opened, &reason, reason.count)
    guard status >= 0 else {
      throw UserError(
        "\(path) is a compressed kdump file; install libkdumpfile, which reads it, or save ELF with "
          + "`makedumpfile -E -d 31 /proc/vmcore FILE` when the kernel has crashed")
    }
    guard status == 0, let opened = unsafe opened else {
      let words = String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
      throw UserError("\(path) is no dump that libkdumpfile reads: \(words); save it again")
    }
    unsafe dump = opened
  }

  deinit { unsafe kdump_file_close(dump) }

  /// How many bytes of memory it covers.
  var size: UInt64 { min(unsafe kdump_file_pages(dump), 1 << 40) << 12 }

  /// The text of VMCOREINFO; `nil` if it has none.
  var info: String? {
    guard let text = unsafe kdump_file_info(dump) else { return nil }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// Reads bytes. Of a single page that the dump does not have there are none; in a longer piece they are 0.
  func read(_ count: Int, at offset: UInt64) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let place = offset &+ UInt64(done)
      let portion = min(count - done, 4096 - Int(place & 4095))
      let status = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe kdump_file_read(dump, place, buffer.baseAddress.map { unsafe $0 + done }, portion)
      }
      if status != 0, count <= 4096 { return [] }
      done += portion
    }
    return bytes
  }
}
