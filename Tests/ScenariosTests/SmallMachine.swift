import Engine

/// A machine of two 1G leaves from frame 0x180000 on.
func smallMachine(
  _ kernel: KernelProfile = .linux6_12, cpu: CPUFeatures = CPUFeatures(),
) -> Machine {
  let base: PFN = 0x180000
  let pages: PageCount = 524288
  return Machine(
    kernel: kernel, cpu: cpu, memory: MemoryMap([base..<(base + pages)]),
    leaves: [
      LeafRun(
        start: AddressLayout.directMapAddress(of: base), pages: pages, size: .size1G,
        flags: cpu.pageKernel.union(.pse))
    ],
    directMapKilobytes: [.size1G: 2 << 20])
}
