import ArgumentParser
import Domain
import Surfaces
import Wire

/// `rialto token`: a bearer token, for trying things.
struct TokenCommand: HouseCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Print a bearer token of a client, for trying things.")

    @Argument(help: "The client it is for.") var clientID: String
    @OptionGroup var place: DataOptions
    @OptionGroup var output: OutputOptions

    func run(in house: House) async throws -> Report {
        guard let client = try await house.directory.client(id: clientID) else {
            throw Refusal(.notFound, "There is no client “\(clientID)”.", field: "client_id")
        }
        let issued = try await house.accessTokens.issue(for: client, scopes: client.scopes)
        let json: JSON = [
            "access_token": .string(issued.token), "token_type": "Bearer",
            "expires_in": .integer(Int64(issued.expiresInSeconds)), "scope": .string(issued.scope),
        ]
        return Report(json: json, text: issued.token)
    }
}

extension House {
    /// Tokens for the URL of the server that runs on this data, if one does, or of the one that the config describes.
    var accessTokens: AccessTokens { accessTokens(limits) }

    func accessTokens(_ limits: Limits) -> AccessTokens {
        AccessTokens(
            directory: directory, signingKeys: signingKeys,
            publicURL: place.data.flatMap(DataLock.holder)?.publicURL ?? settings.publicURL,
            hasPeers: store.isShared, limits: limits, world: world)
    }
}
