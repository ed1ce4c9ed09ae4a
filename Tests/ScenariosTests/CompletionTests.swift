import Engine
import Language
import Narration
import TestSupport
import Testing

@Suite struct CompletionTests {
  private func words(_ line: String) -> [String] {
    let areas = ["text", "data"].compactMap { Name($0) }
    return Completion(line, areas: areas, machines: ["teaching-4g", "laptop-16g"]).words
  }

  @Test func `completes commands, and offers all of them at first`() {
    #expect(words("") == words("").reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
    for command in Command.all {
      #expect(words("").contains { command.name == $0 || command.name.hasPrefix($0 + " ") })
    }
    #expect(words("module ") == ["load", "unload"])
    #expect(words("ftrace f") == ["free"])
    #expect(words("set_memory_ro") == ["set_memory_ro", "set_memory_rox"])
    #expect(words("vun") == ["vunmap"])
    #expect(words("nosuch ") == [])
  }

  @Test func `completes operands where they stand`() {
    #expect(words("set_memory_ro ") == ["text", "data", "pfn:", "phys:"])
    #expect(words("set_memory_ro te") == ["text"])
    #expect(words("set_memory_ro text ") == [])
    #expect(words("set_pages_ro p") == ["pfn:", "phys:"])
    #expect(words("touch ") == ["read", "write", "text", "data", "pfn:", "phys:"])
    #expect(words("touch read ") == ["text", "data", "pfn:", "phys:"])
    #expect(words("vmap ") == [])
    #expect(words("vmap x pfn:1 ") == ["stride", "at"])
    #expect(words("vmap x pfn:1 5 s") == ["stride"])
    #expect(words("vmap x pfn:1 stride 2 ") == ["at"])
    #expect(words("vunmap d") == ["data"])
    #expect(words("set_direct_map_valid_noflush pfn:1 ") == ["true", "false"])
    #expect(words("machine l") == ["laptop-16g"])
    #expect(words("kernel ") == KernelProfile.all.map(\.name))
    #expect(words("cpu pt") == ["pti"])
    #expect(words("cpu pti ") == ["on", "off"])
    #expect(words("cpu count ") == [])
    #expect(words("pause ") == [])
    #expect(words("module load ") == [])
    #expect(words("module load nf t") == ["text="])
    #expect(words("module load nf text=24K init_") == ["init_text=", "init_data=", "init_rodata="])
    #expect(words("module load nf k") == ["ko:"])
    #expect(words("module unload d") == ["data"])
    #expect(words("vmalloc b 8 ") == ["node", "group", "reset", "huge", "interleave", "gfp", "at"])
    #expect(words("vmalloc b 8 huge node 0 ") == ["group", "reset", "interleave", "gfp", "at"])
    #expect(words("ioremap b pfn:1 8 al") == ["align"])
    #expect(words("apply_to_existing_page_range d") == ["data"])
    #expect(words("policy a") == ["aaronlu-2022"])
    #expect(words("policy aaronlu-2022 ") == ["on", "off"])
    #expect(words("supply ") == ["scan"])
    #expect(words("fail ") == ["blocks", "tables", "pages", "requests"])
    #expect(words("fail blocks ") == ["on", "off"])
    #expect(words("nosuch") == [])
    #expect(words("module nosuch x ") == [])
  }

  @Test func `completes within expressions`() {
    #expect(words("expect cpa_f") == ["cpa_flush"])
    #expect(words("expect size(te") == ["text"])
    #expect(words("expect last(wb") == ["wbinvd"])
    #expect(words("expect 1 == 1 && !pres") == ["present"])
    #expect(Completion("expect size(te").partial == "te")
  }

  @Test(arguments: 0..<16)
  func `never traps on half a line`(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<50 {
      let line = random.call().scenarioText
      for length in 0...line.count { _ = words(String(line.prefix(length))) }
    }
  }
}
