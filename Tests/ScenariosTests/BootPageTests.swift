import Engine
import Language
import Parsing
import TestSupport
import Testing

/// What `unmapped-boot-pages.dmap` says of the other side: merging in CPA sees pages that were freed at
/// boot, which the page allocator never had.
@Suite struct BootPageTests {
  @Test(arguments: [
    ([PolicyName.unmapped2022, .mergeOnFree], LeafSize.size4K), ([.aaronLu2022], .size2M),
    ([.kirill2020], .size2M),
  ])
  func `who looks at entries merges what was freed at boot`(
    policies: [PolicyName], size: LeafSize,
  ) throws {
    let name = "unmapped-boot-pages.dmap"
    let scenario = try Scenario(parsing: Assets.text(name), file: name)
    let description = try #require(MachineDescription(builtIn: scenario.machine ?? ""))
    var machine = try Machine(
      booting: description, kernel: .linux6_1,
      options: BootOptions(policies: try PolicySet(policies)))
    for call in scenario.calls { try machine.perform(call) }
    let leaf = machine.tables.lookup(AddressLayout.directMapAddress(of: 0x2ab0))
    #expect(leaf?.size == size)
  }
}
