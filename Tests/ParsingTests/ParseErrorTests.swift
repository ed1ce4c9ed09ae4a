import Engine
import Language
import Parsing
import Testing

/// One wrong text and the whole line that is said about it.
struct WrongText: Sendable, CustomTestStringConvertible {
  var text: String
  var message: String

  init(_ text: String, _ message: String) {
    self.text = text
    self.message = message
  }

  var testDescription: String { text }
}

private let target = "a target such as area+3, pfn:0x180000, phys:6G or 0xffff888180000000"
private let frame = "a frame such as pfn:0x180000 or phys:6G"
private let pages = "a number of pages such as 512 or 2M"
private let families =
  "there are machine, iomem, dmesg, kernel, cpu, policy, rule, set_memory_*, set_pages_*, set_direct_map_*, vmap, "
  + "vmap_page_range, vunmap, alloc_pages, free_pages, drain, cpu_node, age, scatter, mmap, zap, munmap, "
  + "exit_mmap, vmalloc, vfree, ioremap, iounmap, apply_to_existing_page_range, module, bpf, "
  + "ftrace, kprobe, execmem, secretmem, kfence, gmem, mermap, rmpupdate, hwpoison, unpoison, kexec, shrink, reclaim, drop_slab, supply, fail, map_mem, "
  + "add_memory, pgtable, touch, poke, collapse, kcall, note, pause, why, tlb, areas, print, display, undisplay, expect, "
  + "key, type, wait, caption, presenter, highlight, spotlight, hide, show, lesson, part, task, story, "
  + "break, watch, session, branch, mark, cursor, end"
private let machine = "the name of a machine (teaching-4g, laptop)"
private let kernel =
  "the name of a kernel (linux-5.11, linux-5.15, linux-6.1, linux-6.6, linux-6.12.24, linux-6.12, linux-6.18, "
  + "linux-7.0, linux-7.1, linux-7.2.6, linux-7.2, linux-7.3, linux-6.1-arm64, "
  + "linux-6.9-rc2-arm64, linux-6.12-arm64, linux-6.18-arm64, linux-7.0-arm64, linux-7.1-arm64, "
  + "linux-7.2-arm64, linux-7.3-arm64)"
private let cpu =
  "a feature of the CPU, then on or off (pse, gbpages, nx, pge, clflush, pti, pcid, la57, "
  + "debug_pagealloc, init_on_free, page_poisoning, preempt, sme, sev, tdx, rodata_full, "
  + "rodata, movable_node, kfence, kfence_late, bbml2, bbml2_all, realm, kpti, lpa2, crashkernel, count)"
private let counter = "the name of a counter such as cpa_flush"
private let term = "a number, a counter or a property of a page"

private let wrongCommands = [
  WrongText(
    "set_memroy_ro pfn:1",
    "t:1:1: unknown command 'set_memroy_ro'; did you mean 'set_memory_ro'?"),
  WrongText("xyzzy", "t:1:1: unknown command 'xyzzy'; \(families)"),
  WrongText("3", "t:1:1: expected a command, found '3'"),
  WrongText("pause\n  pause 3", "t:2:9: expected the end of the line, found '3'"),
  WrongText("pause ;", "t:1:7: ';' begins no word"),
  WrongText("\u{feff}pause", "t:1:1: '\\u{feff}' begins no word"),
  WrongText("pause \u{1}", "t:1:7: '\\u{1}' begins no word"),
]

private let wrongOperands = [
  WrongText("set_memory_ro", "t:1:14: expected \(target), found the end of the line"),
  WrongText("set_memory_ro 5", "t:1:15: expected \(target), found '5'"),
  WrongText("set_memory_ro 2M", "t:1:15: expected \(target), found '2M'"),
  WrongText(
    "set_memory_ro pnf:5", "t:1:15: expected \(target), found 'pnf'; did you mean 'pfn'?"),
  WrongText(
    "set_memory_ro pfn:", "t:1:19: expected the number of a frame, found the end of the line"),
  WrongText("set_memory_ro pfn:2M", "t:1:19: expected the number of a frame, found '2M'"),
  WrongText("set_memory_ro phys:x", "t:1:20: expected a physical address, found 'x'"),
  WrongText("set_memory_ro a+", "t:1:17: expected \(pages), found the end of the line"),
  WrongText("set_memory_ro a 1K", "t:1:17: '1K' is no whole number of 4K pages"),
  WrongText(
    "set_memory_ro a 12q", "t:1:17: '12q' is no number; write 512, 0x200, or a length such as 2M"),
  WrongText(
    "set_memory_ro a 0xG", "t:1:17: '0xG' is no number; write 512, 0x200, or a length such as 2M"),
  WrongText(
    "set_memory_ro a 0x10000000001",
    "t:1:17: '0x10000000001' is too large; the limit here is 2^40 pages"),
  WrongText(
    "set_memory_ro a 18446744073709551616",
    "t:1:17: '18446744073709551616' is too large; the limit here is 64 bits"),
  WrongText(
    "set_memory_ro pfn:0x400000000",
    "t:1:15: '0x400000000' is too large; the limit here is 64 TiB of memory, the direct map's room"),
  WrongText(
    "set_memory_ro 0xfffffffffffff000+1",
    "t:1:15: '0xfffffffffffff000' is too large; the limit here is 64 bits"),
  WrongText(
    "set_memory_ro a23456789012345678901234567890123",
    "t:1:15: expected \(target), at most 32 characters, found 'a23456789012345678901234567890123'"),
  WrongText("set_pages_ro area", "t:1:14: expected \(frame), found 'area'"),
  WrongText(
    "set_pages_array_wc pfn:1 stride", "t:1:32: expected \(pages), found the end of the line"),
  WrongText("vmap pfn:1", "t:1:9: expected \(frame), found ':'"),
  WrongText(
    "vmap a pfn:1 at 5",
    "t:1:17: expected a virtual address of the kernel, such as 0xffffc90000000000, found '5'"),
  WrongText(
    "vmap a pfn:1 2 sdride 2",
    "t:1:16: expected stride and a number of pages, at and a virtual address or the end of the line, "
      + "found 'sdride'; did you mean 'stride'?"),
  WrongText(
    "set_memory_ro a b", "t:1:17: expected \(pages) or the end of the line, found 'b'"),
  WrongText("set_memory_ro a 1 b", "t:1:19: expected the end of the line, found 'b'"),
  WrongText(
    "set_direct_map_valid_noflush pfn:1 2 flase",
    "t:1:38: expected true or false, found 'flase'; did you mean 'false'?"),
  WrongText("note hello", "t:1:6: expected a text between quotation marks, found 'hello'"),
  WrongText("note \"hello", "t:1:6: the text has no closing quotation mark"),
  WrongText(
    "note \"\u{1b}[2J\"",
    "t:1:7: '\\u{1b}' is a control character; leave it out, or write \\n or \\t"),
  WrongText(
    "note \"a\u{9b}2J\"",
    "t:1:8: '\\u{9b}' is a control character; leave it out, or write \\n or \\t"),
  WrongText("note \"hello\\", "t:1:12: the text has no closing quotation mark"),
  WrongText(
    "note \"\\q\"", "t:1:7: unknown escape '\\q'; there are \\\" \\\\ \\n and \\t"),
]

private let wrongUsers = [
  WrongText("modul load nf", "t:1:1: unknown command 'modul'; did you mean 'module'?"),
  WrongText("module", "t:1:7: expected load or unload, found the end of the line"),
  WrongText("module laod nf", "t:1:8: expected load or unload, found 'laod'; did you mean 'load'?"),
  WrongText(
    "module load nf txt=4K",
    "t:1:16: expected a part of a module and its bytes, such as text=24K, or ko and a file, "
      + "found 'txt'; did you mean 'text'?"),
  WrongText("module load nf text 4K", "t:1:21: expected = and a number of bytes, found '4K'"),
  WrongText(
    "module load nf text=4K text=8K", "t:1:24: text is settled already; say it once"),
  WrongText(
    "module load nf text=4G", "t:1:21: '4G' is too large; the limit here is 32 bits"),
  WrongText(
    "module load nf ko:", "t:1:19: expected the name of a file, found the end of the line"),
  WrongText(
    "reclaim edgecombe-2021 13",
    "t:1:24: expected a priority of reclaim from 12 (light) to 0 (desperate), found '13'"),
  WrongText(
    "vmalloc a 4 grup",
    "t:1:13: expected node and the number of a node, group, reset, huge, interleave, "
      + "gfp and the bits of a request's flags, at and a virtual address or the end of the line, "
      + "found 'grup'; did you mean 'group'?"),
  WrongText(
    "policy edgecome-2021",
    "t:1:8: expected the name of a policy (\(policies)), found 'edgecome-2021'; "
      + "did you mean 'edgecombe-2021'?"),
  WrongText(
    "policy kirill-2020\npolicy kirill-2020",
    "t:2:1: policy kirill-2020 is settled already; say it once"),
  WrongText(
    "policy aaronlu-2022\npolicy hyeyoo-count-2022",
    "t:2:1: aaronlu-2022 and hyeyoo-count-2022 keep their count in the same place of a "
      + "page-table page; choose one of them"),
  WrongText(
    "policy kirill-2020\npolicy merge-on-free\npolicy edgecombe-2021",
    "t:2:1: merge-on-free is part of unmapped-2022; switch that on too"),
  WrongText(
    "module load a ko:a.ko\npolicy kirill-2020", "t:2:1: policy must come before the first call"),
]

private let policies = PolicyName.allCases.map(\.rawValue).joined(separator: ", ")

private let wrongSetup = [
  WrongText("machine", "t:1:8: expected \(machine), found the end of the line"),
  WrongText("machine mine", "t:1:9: expected \(machine), found 'mine'"),
  WrongText(
    "machine teachin-4g",
    "t:1:9: expected \(machine), found 'teachin-4g'; did you mean 'teaching-4g'?"),
  WrongText(
    "kernel linux-6.11", "t:1:8: expected \(kernel), found 'linux-6.11'; did you mean 'linux-6.1'?"),
  WrongText("kernel 7", "t:1:8: expected \(kernel), found '7'"),
  WrongText("cpu ptii on", "t:1:5: expected \(cpu), found 'ptii'; did you mean 'pti'?"),
  WrongText("cpu pti", "t:1:8: expected on or off, found the end of the line"),
  WrongText("cpu count 0", "t:1:11: expected a number of CPUs from 1 to 8192, found '0'"),
  WrongText(
    "set_memory_ro pfn:1\nkernel linux-6.1", "t:2:1: kernel must come before the first call"),
  WrongText("cpu pti on\ncpu pti off", "t:2:1: cpu pti is settled already; say it once"),
  WrongText(
    "kernel linux-6.1\nkernel linux-6.1", "t:2:1: kernel is settled already; say it once"),
]

private let wrongExpressions = [
  WrongText(
    "expect",
    "t:1:7: expected an expression such as size(pfn:0x180000) == 2M, found the end of the line"),
  WrongText("expect 1 +", "t:1:11: expected \(term), found the end of the line"),
  WrongText("expect == 1", "t:1:8: expected \(term), found '=='"),
  WrongText(
    "expect DirectMap4K == 1",
    "t:1:8: expected \(term), found 'DirectMap4K'; did you mean 'DirectMap4k'?"),
  WrongText("expect 1 < 2 < 3", "t:1:14: expected an operator or the end of the line, found '<'"),
  WrongText(
    "expect flags(a) hsa D",
    "t:1:17: expected an operator or the end of the line, found 'hsa'; did you mean 'has'?"),
  WrongText("expect (1", "t:1:10: expected a closing parenthesis, found the end of the line"),
  WrongText("expect size pfn:1", "t:1:13: expected an opening parenthesis, found 'pfn'"),
  WrongText("expect size()", "t:1:13: expected \(target), found ')'"),
  WrongText(
    "expect last(cpa_flsh)",
    "t:1:13: expected \(counter), found 'cpa_flsh'; did you mean 'cpa_flush'?"),
  WrongText(
    "expect " + String(repeating: "!", count: 300) + "1",
    "t:1:208: the expression has more than 200 parts; use several expects"),
  WrongText(
    "expect " + String(repeating: "(", count: 300),
    "t:1:208: the expression has more than 200 parts; use several expects"),
]

@Suite struct ParseErrorTests {
  @Test func `of very many wrong lines only the first have a word looked up for them`() {
    let text = String(repeating: "tuch read pfn:1\n", count: 150)
    let problems = Scenario.checking(text, file: "t").problems
    let suggested = problems.filter { $0.reason.hasSuffix("did you mean 'touch'?") }
    #expect(problems.count == 150 && suggested.count == 100)
    #expect(problems.prefix(100).allSatisfy { $0.reason.contains("'touch'") })
  }

  @Test(arguments: wrongCommands + wrongOperands + wrongUsers + wrongSetup + wrongExpressions)
  func `says where, what was expected and the nearest word`(wrong: WrongText) {
    #expect(parseError(wrong.text, machines: ["teaching-4g", "laptop"]) == wrong.message)
  }

  @Test func `cuts a long piece of the input`() {
    let message = parseError(String(repeating: "a", count: 100))
    #expect(
      message == "t:1:1: unknown command '" + String(repeating: "a", count: 40)
        + "...'; \(families)")
  }
}
