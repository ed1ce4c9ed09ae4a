import Engine
import History
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Keys
@testable import Views

@Suite struct RandomKeyTests {
  /// Lines that a user may type, right ones and wrong ones.
  private static let lines = [
    ":break split", ":break if DirectMap4k > 100 once", ":watch pfn:0x140001",
    ":break near-merge 4",
    ":branch new", ":branch new x", ":branch switch main", ":branch compare main", ":compare off",
    ":what-if set_memory_rox pfn:0x140000 512", ":who", ":next split", ":previous merge",
    ":goto 50%", ":mark here", ":goto here", ":unmark here", ":stops", ":delete all", ":enable 9",
    ":find odd", ":find has D", ":nonsense", "/lacks G", "/owner nobody", "/", "g17%", "ga",
    "g99999",
    ":compare m=kernel:linux-6.1,policy:aaronlu-2022", ":why pfn:0x140000", ":report x", ":save x",
    ":space vmalloc", ":space process", ":vmalloc v 3M huge", ":vmalloc w 20", ":vfree w",
    ":mmap heap 4M order 4", ":zap heap+3 100", ":munmap heap", ":gather", ":tlb",
    ":tlb zen2 chase",
    ":areas", ":map_mem", ":set_memory_valid pfn:0x42345 700 false",
    ":add_memory pfn:0x2000000 128M",
    ":set_direct_map_invalid_noflush pfn:0x42345", ":set_memory_ro v+3 5", "/0xffff800080003000",
    ":machine teaching-4g", ":policy merge-on-free", ":module load m text=24K data=8K",
  ]

  @Test(arguments: 0..<14 as Range<UInt64>)
  func `no row of keys and lines brings the screen down`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var model =
      seed < 10
      ? try bootedModel()
      : try bootedModel("arm64-16g", seed % 2 == 0 ? .linux7_0Arm64 : .linux6_12Arm64)
    let keys = Keymap.standard.bindings.flatMap(\.inputs)
    let sizes = [(80, 24), (120, 40), (36, 21), (200, 60), (10, 3)]
    for _ in 0..<220 {
      if random.next(below: 4) == 0 {
        let line = random.pick(Self.lines)
        model.type(line)
        _ = model.update(.input(.key(.enter)))
      } else {
        _ = model.update(.input(random.pick(keys)))
      }
      if random.next(below: 6) == 0 { _ = model.update(.tick) }
      let (width, height) = random.pick(sizes)
      let canvas = screen(model, size: Size(width: width, height: height), glyphs: .unicode)
      #expect(canvas.size.width == width)
      let moment = model.timeline.moment
      #expect(moment >= .start && moment <= model.timeline.end)
    }
  }
}
