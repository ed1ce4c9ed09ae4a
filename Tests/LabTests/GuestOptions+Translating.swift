import Lab

extension GuestOptions {
  /// A guest with the kernel of a package, in QEMU's translator, which gives the same on every machine.
  init(translating package: String, ram: UInt64 = 2 << 30) throws {
    self.init(kernel: try DebianPackage.kernel(in: package), named: "kernel")
    self.ram = ram
    accelerator = .tcg
  }
}
