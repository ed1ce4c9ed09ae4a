import CBaseline
import Engine

func best(_ n: Int, _ f: () -> Void) -> Double {
  var b = Double.infinity
  let clock = ContinuousClock()
  for _ in 0..<n {
    let d = clock.measure(f)
    let s = Double(d.components.attoseconds) / 1e18 + Double(d.components.seconds)
    b = min(b, s)
  }
  return b
}

@main
struct Benchmarks {
  static func main() throws {
    // change of a 4K leaf
    let gib: UInt64 = 262144
    let memory = MemoryMap([PFN(0)..<PFN(2 * gib)])
    let start = AddressLayout.directMapAddress(of: 0)
    var m = Machine(
      kernel: .linux6_12, cpu: CPUFeatures(), memory: memory,
      leaves: [LeafRun(start: start, pages: PageCount(2 * gib), size: .size1G, flags: EntryFlags.pageKernel.union(.pse))],
      directMapKilobytes: [.size1G: 2 << 20])
    let blocks = 64
    let base = PFN(gib)
    try m.perform(.setMemory(.split4K, .frame(base), PageCount(UInt64(blocks) * 512)))
    let count = CommandLine.arguments.count > 1 ? 20_000 : 100_000
    var x: UInt64 = 88172645463325252
    var pfns: [PFN] = []
    for _ in 0..<count { x ^= x << 13; x ^= x >> 7; x ^= x << 17
      pfns.append(PFN(gib + x % (UInt64(blocks) * 512))) }
    let addresses = pfns.map { AddressLayout.directMapAddress(of: $0).rawValue }
    let c = baseline_make(AddressLayout.directMapAddress(of: base).rawValue, blocks)!
    for round in 0..<(CommandLine.arguments.count > 1 ? 1 : 3) {
      var flip = false
      let cb = best(20) { flip.toggle(); baseline_walk_and_store(c, addresses, count, flip ? 0x42 : 0, flip ? 0 : 0x42) }
      var flip2 = false
      let sw = best(20) {
        flip2.toggle()
        for p in pfns { _ = try? m.perform(.setMemory(flip2 ? .ro : .rw, .frame(p), 1)) }
      }
      let va = addresses.map { VirtualAddress($0) }
      let sw2 = best(20) {
        flip2.toggle()
        for p in va { _ = try? m.perform(.setMemory(flip2 ? .ro : .rw, .virtual(p), 1)) }
      }
      let cd = best(20) { flip.toggle(); baseline_walk_and_store_in_turn(c, addresses, count, flip ? 0x42 : 0, flip ? 0 : 0x42) }
      print("in turn", cd / Double(count) * 1e9, sw / cd)
      print("walk", round, cb / Double(count) * 1e9, sw / Double(count) * 1e9, sw2 / Double(count) * 1e9, sw / cb)
      // split
      let ms = Machine(
        kernel: .linux6_12, cpu: CPUFeatures(), memory: memory,
        leaves: [LeafRun(start: start, pages: PageCount(2 * gib), size: .size2M, flags: EntryFlags.pageKernel.union(.pse))],
        directMapKilobytes: [.size2M: 2 << 20])
      let words = UnsafeMutablePointer<UInt64>.allocate(capacity: 512)
      let f = best(20) { baseline_fill_512(words, 0x163, 4096, 512) } / 512
      let fa = best(20) { baseline_allocate_and_fill_512(512, 0x163, 4096) } / 512
      let sp = best(20) {
        var copy = ms
        for i in 0..<UInt64(512) { _ = try? copy.perform(.setMemory(.split4K, .frame(PFN(i * 512)), 1)) }
      } / 512
      print("split", f * 1e9, fa * 1e9, sp * 1e9, sp / f, sp / fa)
    }
  }
}
