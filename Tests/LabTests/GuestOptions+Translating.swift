import Foundation
import Lab
import TestSupport
import Testing

extension GuestOptions {
  /// A guest with the kernel of a package, in QEMU's translator, which gives the same on every machine.
  init(translating package: String, ram: UInt64 = 2 << 30) throws {
    let image = try #require(try LabKernels.image(in: package))
    self.init(kernel: Array(try Data(contentsOf: URL(filePath: image))), named: "kernel")
    self.ram = ram
    accelerator = .tcg
  }
}
