import ArgumentParser
import Domain
import Wire

/// `rialto signing-key`: what access tokens are signed with.
struct SigningKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signing-key", abstract: "List and rotate the keys that sign access tokens.",
        subcommands: [List.self, Rotate.self])

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys, the signing one first.")

        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            Report(
                try await house.signingKeys.list().map(Shown.signingKey),
                columns: ["kid", "created_at", "retired_at"],
                none: "There are no signing keys.")
        }
    }

    struct Rotate: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign with a new key from now on.",
            discussion: "Tokens of the old one are honoured for tokens.key_overlap_hours.")

        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            Report(Shown.signingKey(try await house.signingKeys.rotate()))
        }
    }
}
