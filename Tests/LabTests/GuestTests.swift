import Engine
import History
import TestSupport
import Testing

@testable import Lab

/// A real kernel in QEMU, from within.
@Suite(.waitsForGuests) struct GuestTests {
  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `a kernel that stopped is brought back, and loads a module`() throws {
    let path = try #require(LabKernels.x86)
    var options = try GuestOptions(translating: path, ram: 1 << 30)
    let module = try LabKernels.file(named: "crc7.ko", in: path)
    if let module { options.files = [("crc7.ko", module)] }
    let guest = try Guest(booting: options)
    var state = try LabState(guest, nil)
    let page = state.firstPage()
    let call = Call.setMemory(.ro, .frame(try #require(page)), 1)
    var machine = state.booted
    let first = try state.observe(call, on: machine, after: [], watching: WatchedKernel())
    #expect(first.difference == nil && first.call == call)
    _ = Deed.observed(first).apply(to: &machine)
    #expect(throws: LabError.self) {
      _ = try guest.call(["panic"], [guest.layout.direct(1)])
    }
    #expect(guest.isBroken && guest.qemu.console.lastLines().contains("Kernel panic"))
    #expect(throws: LabError.self) { try guest.carryOut(.write(path: "/proc/none", text: "")) }
    // The next call brings it back to where it had made the first one.
    let second = try state.observe(call, on: machine, after: [call], watching: WatchedKernel())
    #expect(second.difference == nil && !guest.isBroken)
    // And in the past, where the page is writable.
    let again = try state.observe(call, on: state.booted, after: [], watching: WatchedKernel())
    #expect(again.difference == nil)
    if module != nil {
      let name = try #require(Name("crc7"))
      let loaded = try state.observe(
        .user(.moduleLoad(name, ModuleSizes())), on: state.booted, after: [],
        watching: WatchedKernel())
      #expect(loaded.returned == .success && guest.symbols.address(of: "crc7_be") == nil)
      let past = [try #require(loaded.call)]
      var machine = state.booted
      _ = Deed.observed(loaded).apply(to: &machine)
      let removed = try state.observe(
        .user(.moduleUnload(name)), on: machine, after: past, watching: WatchedKernel())
      #expect(removed.returned == .success)
    }
    #expect(try guest.carryOut(.write(path: "/proc/no/such", text: "x")) == -2)
    #expect(try guest.carryOut(.insertModule("none.ko")) == -2)
    #expect(try guest.carryOut(.removeModule("none")) == -2)
  }
}
