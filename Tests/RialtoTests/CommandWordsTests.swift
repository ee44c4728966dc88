import ArgumentParser
import Domain
import Testing

@testable import Rialto

/// Options of every command, wherever a person puts them.
@Suite struct CommandWordsTests {
    private func normalised(_ line: String) -> String {
        CommandWords(line.split(separator: " ").map(String.init)).normalised.joined(separator: " ")
    }

    @Test(arguments: [
        ("agent --data D add x", "agent add x --data D"),
        ("agent add x --data D --json", "agent add x --data D --json"),
        ("--config C --json agent --data=D list", "agent list --config C --json --data=D"),
        ("serve --port 1", "serve --port 1"),
        ("agent add x --data", "agent add x --data"),
        ("token --json -- --data x", "token --json -- --data x"),
        ("--help --data D", "--help"),
        ("--data D", ""),
        ("", ""),
    ])
    func optionsOfEveryCommandGoToTheInnermostVerb(line: String, words: String) {
        #expect(normalised(line) == words)
    }

    @Test func whatStandsAfterTheEndOfOptionsIsNoWishForJSON() {
        #expect(CommandWords(["runs", "--json", "list"]).wantJSON)
        #expect(!CommandWords(["token", "--", "--json"]).wantJSON)
    }

    @Test func commandsTakeTheirOptionsBeforeANestedVerb() throws {
        let words = CommandWords(["agent", "--data", "D", "add", "x", "--fallback", "a=b", "--fallback", "c=d=e"])
        let add = try #require(try RialtoCommand.parseAsRoot(words.normalised) as? AgentCommand.Add)
        #expect(add.place.data == "D" && add.code == "x" && add.account == "main")
        #expect(
            try add.settings.changes().fallback == [
                .init(upstream: "a", model: "b"), .init(upstream: "c", model: "d=e"),
            ])
    }

    @Test func aWrongUseIsToldInOneLineWithItsOwnCode() {
        #expect(throws: (any Error).self) { try RialtoCommand.parseAsRoot(["agent", "ad"]) }
        do {
            _ = try RialtoCommand.parseAsRoot(["client", "add", "x", "--edition", "none"])
        } catch {
            let outcome = Outcome(of: error)
            #expect(outcome.code == 64 && outcome.kind == .failed)
            #expect(outcome.message.contains("none") && !outcome.message.contains("\n"))
        }
    }

    @Test func instructionsAreWordsOrAFile() throws {
        let folder = try Folder()
        let file = try folder.write("shylock.txt", "You are Shylock.\n")
        #expect(try AgentOptions.text("Be brief.") == "Be brief.")
        #expect(try AgentOptions.text("@\(file)") == "You are Shylock.")
        #expect(throws: (any Error).self) { try AgentOptions.text("@\(folder.path)/nobody.txt") }
    }

    @Test func wordsForAShellAreReadBackAsTheyWere() {
        #expect(Welcome.quoted("/opt/rialto-1.0") == "/opt/rialto-1.0")
        #expect(Welcome.quoted("Portia's data") == "'Portia'\\''s data'")
        #expect(Welcome.quoted("") == "''")
    }
}
