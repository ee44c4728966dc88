import Foundation
import Testing

/// What the docs must say of the tree.
@Suite struct HandbookTests {
    /// The folders that docs/ARCHITECTURE.md has a caption for.
    private func captions() throws -> Set<String> {
        let page = try Repository.text(of: "docs/ARCHITECTURE.md")
        var path: [(indent: Int, name: Substring)] = []
        var found: Set<String> = []
        for line in page.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            let indent = line.prefix { $0 == " " }.count
            guard let name = words.first, name.hasSuffix("/"), words.count == 2 || indent == 0 else { continue }
            while let last = path.last, last.indent >= indent { path.removeLast() }
            path.append((indent, name.dropLast()))
            found.insert(path.map { String($0.name) }.joined(separator: "/"))
        }
        return found
    }

    @Test(arguments: ["Sources", "Tests", "Benchmarks"])
    func everyFolderHasItsCaption(root: String) throws {
        let mute = Set(Repository.folders(below: root)).subtracting(try captions())
        #expect(mute.sorted() == [])
    }

    @Test func everyCaptionHasItsFolder() throws {
        let gone = try captions().filter { folder in
            !FileManager.default.fileExists(atPath: Repository.root + "/" + folder)
        }
        #expect(gone.sorted() == [])
    }

    @Test func everyDialectHasItsFiveFilesItsPageAndItsTranscripts() {
        #expect(!Dialects.names.isEmpty)
        for name in Dialects.names {
            let files = Set(Repository.files(below: "Sources/Surfaces/\(name)").map(\.name))
            let parts = ["", "+Parse", "+Render", "+Stream", "+Refuse"].map { "\(name)\($0).swift" }
            #expect(files.isSuperset(of: parts), "\(name)")
            let page = Dialects.page(of: name)
            #expect(Repository.paths(below: "docs/dialects").contains("docs/dialects/\(page).md"))
            #expect(!Repository.paths(below: "Tests/Clients/transcripts/\(page)").isEmpty, "\(page)")
        }
    }

    @Test func everyCommandIsInTheHandbook() throws {
        let page = try Repository.text(of: "docs/operating.md")
        let commands = [
            "serve", "upstream", "account", "agent", "client", "pat", "key", "knowledge", "token", "runs",
            "deliveries", "agent-key", "owner-key", "policy", "approvals", "catalog", "purchases", "ledger",
            "reconcile", "signing-key", "backup", "migrate", "doctor",
        ]
        for command in commands {
            #expect(page.contains("`\(command)`"), "\(command)")
        }
    }
}
