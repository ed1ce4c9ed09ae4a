import Engine
import KernelText
import TestSupport
import Testing

/// `/proc/iomem`, well-formed and not.
struct IomemTextTests {
  private func error(_ text: String) -> KernelTextError? {
    do {
      _ = try IomemText(text).machine(named: "test")
      return nil
    } catch {
      return error
    }
  }

  @Test func `reads RAM, firmware memory and the kernel`() throws {
    let machine = try IomemText(SampleText.iomem).machine(named: "test")
    #expect(machine.e820.map(\.kind) == [.reserved, .usable, .usable, .acpi, .reserved])
    #expect(
      machine.e820[2].range == PhysicalAddress(0x10_0000)..<PhysicalAddress(0x7ffd_c000))
    let image = try #require(machine.image)
    #expect(image.text == 0x1000..<0x2132)
    #expect(image.rodata == 0x2200..<0x2f18)
    #expect(image.initmem == 0x3359..<0x3ceb)
    #expect(image.bss == 0x3ceb..<0x4200)
    #expect(image.data == 0x3000..<0x420c)
    #expect(image.frames == 0x1000..<0x4400)
  }

  @Test func `takes Windows line ends and a missing last one`() throws {
    let text = String(SampleText.iomem.split(separator: "\n").joined(separator: "\r\n"))
    #expect(try IomemText(text).resources == IomemText(SampleText.iomem).resources)
  }

  @Test func `tells hidden addresses from real ones`() {
    let hidden = "00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n"
    #expect(error(hidden) == .hiddenAddresses(line: 1))
    #expect(error(hidden)?.description.contains("root") == true)
  }

  @Test(arguments: [
    ("", "resources"), ("\n \n", "resources"), ("00001000-00001fff : Reserved", "System RAM"),
  ])
  func `tells what is missing`(_ text: String, _ what: String) {
    guard case .missing(let missing) = error(text) else {
      Issue.record("\(String(describing: error(text)))")
      return
    }
    #expect(missing.contains(what))
  }

  @Test(arguments: [
    "00002000-00001fff : System RAM", "System RAM", "0000-zzzz : System RAM",
    "00000000-1ffffffffffffffff : System RAM", "00000000-ffffffffffffffff : System RAM",
    "0-0010000000000000 : System RAM", "00001000 : System RAM", "-00001000 : System RAM",
    "+1000-2000 : System RAM", " 00001000-00001fff : System RAM", "00100000-7ff",
    "\u{0}\u{1}\u{FFFD}binary",
  ])
  func `names the line that is wrong`(_ line: String) {
    guard
      case .unexpected(let number, let found, _) = error("00000000-00000fff : Reserved\n" + line)
    else {
      Issue.record("accepted \(line)")
      return
    }
    #expect(number == 2)
    #expect(found.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 })
  }

  @Test func `refuses a kernel in disorder`() {
    let text = SampleText.iomem.replacing("02200000-02f17fff", with: "00200000-00217fff")
    guard case .unexpected(4, _, _) = error(text) else {
      Issue.record("\(String(describing: error(text)))")
      return
    }
  }

  @Test func `lets reserved memory win over RAM that overlaps it`() throws {
    let text = "00100000-3fffffff : System RAM\n20000000-2fffffff : Reserved\n"
    let machine = try Machine(
      booting: IomemText(text).machine(named: "test"), kernel: .linux6_12)
    #expect(machine.memory.ranges == [0..<0x20000, 0x30000..<0x40000])
  }
}
