import Domain
import Foundation
import Testing

@testable import Rialto

/// The commented example of the handbook against the table of keys.
@Suite struct SettingsExampleTests {
    private let example: String

    init() throws {
        let page = try Repository.text(of: "docs/operating.md")
        let blocks = page.components(separatedBy: "```yaml\n").dropFirst()
        example = try #require(blocks.first { $0.contains("limits:") }?.components(separatedBy: "```").first)
    }

    /// `section.key` of every line.
    private var entries: [String] {
        var section: Substring = ""
        return example.split(separator: "\n").compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let name = line[..<colon].drop { $0 == " " || $0 == "-" }
            if !line.hasPrefix(" ") { section = name }
            return "\(section).\(name)"
        }
    }

    @Test func everyKeyStandsInTheExample() {
        let upstreamKeys = SettingKey<UpstreamSettings>.all.map { "upstreams.\($0.name)" }
        let modelKeys = SettingKey<RouterModel>.all.map { "router.\($0.name)" }
        let missing = Set(SettingKey<Settings>.all.map(\.name) + upstreamKeys + modelKeys).subtracting(entries)
        #expect(missing.isEmpty)
    }

    @Test func theExampleShowsTheDefaults() throws {
        let folder = try Folder()
        var reader = SettingsReader()
        try reader.read(file: folder.write("rialto.yaml", example))
        var shown = reader.settings
        #expect(shown.listen.publicURL == shown.localURL.replacing("https", with: "http"))
        #expect(shown.upstreams.count == 2)
        for upstream in shown.upstreams {
            let plain = UpstreamSettings(
                name: upstream.name, kind: upstream.kind, url: upstream.url, keyVariable: upstream.keyVariable)
            #expect(upstream == plain)
        }
        let model = try #require(shown.routerModels.first)
        #expect(model.prices == ModelPrice(input: 3_000_000, output: 15_000_000, cachedInput: 300_000))
        #expect(model.maxOutputTokens == RouterModel.usualOutputTokens)
        shown.routerModels = []
        shown.listen.publicURL = nil
        shown.tls = .init()
        shown.store.url = nil
        shown.upstreams = []
        shown.outbound = .init()
        shown.objects = .init()
        shown.embedding = .init()
        #expect(shown == Settings())
    }

    @Test func everyKeyHasASectionAndIsNamedOnce() {
        let names = SettingKey<Settings>.all.map(\.name)
        #expect(Set(names).count == names.count)
        let sections = Set(names.compactMap { $0.split(separator: ".").first.map(String.init) })
        #expect(sections.union(["upstreams", "router"]) == Set(SettingKey<Settings>.sections))
    }
}
