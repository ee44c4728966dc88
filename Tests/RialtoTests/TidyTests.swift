import Foundation
import Testing

/// The sizes and words of docs/STYLE.md.
@Suite struct TidyTests {
    private static let longestFile = 299
    private static let longestFunction = 59
    private static let longestLine = 119

    private let code = Repository.files(below: "Sources", "Tests", "Benchmarks", "bin").filter { file in
        file.isSwift || [".py", ".sh", ".c", ".h"].contains { file.path.hasSuffix($0) } || file.path.hasPrefix("bin/")
    }.filter { !$0.path.contains("/transcripts/") }

    private var swift: [Repository.File] { code.filter(\.isSwift) }

    /// The code of the program: not the tests, and not what is only for them.
    private var program: [Repository.File] {
        swift.filter { !$0.path.hasPrefix("Tests/") && $0.target != "TestKit" }
    }

    @Test func thereIsSomethingToLookAt() {
        #expect(program.count > 50 && code.count > 100)
    }

    @Test func filesAreShort() {
        // What follows the last line end is no line.
        let long = code.filter { $0.lines.count - 1 > Self.longestFile }
        #expect(long.map(\.path) == [])
    }

    @Test func linesAreShort() {
        let long = code.flatMap { file in
            let lines = file.lines
            return lines.indices.filter { lines[$0].count > Self.longestLine }.map { "\(file.path):\($0 + 1)" }
        }
        #expect(long == [])
    }

    @Test func functionsAreShort() {
        let long = swift.flatMap { file in
            Functions.lengths(in: file.lines).filter { $0.lines > Self.longestFunction }
                .map { "\(file.path):\($0.start + 1) has \($0.lines) lines" }
        }
        #expect(long == [])
    }

    @Test func nothingIsCalledByAWordThatSaysNothing() throws {
        let empty = /(Utils?|Utilit(y|ies)|Helpers?|Managers?)/
        let declared = /\b(?:struct|class|enum|protocol|actor|typealias)\s+(\w+)/
        for file in swift {
            #expect(file.name.firstMatch(of: empty) == nil, "\(file.path)")
            for match in file.text.matches(of: declared) {
                #expect(match.output.1.firstMatch(of: empty) == nil, "\(match.output.1) in \(file.path)")
            }
        }
    }

    @Test func nothingEndsTheProgramInsteadOfThrowing() {
        let words = ["try!", "fatalError(", "preconditionFailure(", "precondition(", "assertionFailure("]
        for file in program {
            let said = words.filter { file.text.contains($0) }
            #expect(said == [], "\(file.path)")
        }
    }

    @Test func everyTypeSaysInOneLineWhatItIs() throws {
        let mute = swift.filter { $0.path.hasPrefix("Sources/") }.flatMap { file in
            let lines = file.lines
            return lines.indices.filter { place in
                guard Self.declaresType(lines[place]) else { return false }
                let before = lines[..<place].last { !$0.hasPrefix("@") } ?? ""
                return !before.hasPrefix("///")
            }.map { "\(file.path):\($0 + 1)" }
        }
        #expect(mute == [])
    }

    /// Those within another type are described by their place.
    private static func declaresType(_ line: Substring) -> Bool {
        let modifiers = ["package", "public", "private", "fileprivate", "final", "indirect"]
        let kinds = ["struct", "class", "enum", "protocol", "actor"]
        let words = line.split(separator: " ").drop { modifiers.contains(String($0)) }
        return !line.hasPrefix(" ") && words.first.map { kinds.contains(String($0)) } == true
    }

    @Test func noFileKnowsWhereItWasWritten() {
        // Put together here, so that this file does not hold them.
        let words = ["/wo" + "rk/", "shared/" + "seeds", "shared/" + "contracts", "HOUSE" + ".md"]
        for file in Repository.files(below: "") {
            let said = words.filter { file.text.contains($0) }
            #expect(said == [], "\(file.path)")
        }
    }
}

/// Where functions begin and end, by their indentation.
enum Functions {
    static func lengths(in lines: [Substring]) -> [(start: Int, lines: Int)] {
        lines.indices.compactMap { start in
            guard isBeginning(lines[start]) else { return nil }
            let indent = lines[start].prefix { $0 == " " }
            let end = lines[start...].dropFirst().firstIndex { $0 == indent + "}" || isBeginning($0) }
            guard let end, lines[end] == indent + "}" else { return nil }
            return (start, end - start + 1)
        }
    }

    private static func isBeginning(_ line: Substring) -> Bool {
        let words = line.split(separator: " ").prefix(8)
        guard let first = words.first, !first.hasPrefix("//") else { return false }
        return words.contains { $0 == "func" || $0.hasPrefix("init(") || $0.hasPrefix("init?(") || $0 == "deinit" }
    }
}
