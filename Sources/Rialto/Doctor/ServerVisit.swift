import AsyncHTTPClient
import Domain
import NIOCore
import NIOPosix
import NIOSSL
import Wire

/// The doctor's visit to the server that runs on the data: is it ready, what does it publish, does it answer clients.
struct ServerVisit: Sendable {
    let house: House

    init(_ house: House) {
        self.house = house
    }

    func findings() async -> [Finding] {
        var holder: DataLock.Holder?
        if let data = house.place.data {
            holder = DataLock.holder(of: data)
            guard holder != nil else {
                return [.wrong("server", "No server runs on \(data.path).", mend: "Start one: rialto serve")]
            }
        }
        let local = Caller(holder?.localURL ?? house.settings.localURL, trustsAnyCertificate: true)
        let publicURL = holder?.publicURL ?? house.settings.publicURL
        var findings = [await readiness(local)]
        if findings[0].state == .ok {
            if publicURL != local.url { findings.append(await outside(publicURL)) }
            findings += [await publishedKeys(local), await discovery(local, publicURL)]
            for edition in [Client.Edition.marketplace, .saas] {
                if let finding = await ClientPlay(house, edition).finding(local) { findings.append(finding) }
            }
            findings.append(await RoomsPlay(house).finding(local))
            findings.append(await StackSpotPlay(house).finding(local))
            findings.append(await ShopPlay(house).finding(local))
        }
        await local.close()
        return findings
    }

    private func readiness(_ caller: Caller) async -> Finding {
        do {
            for path in ["/healthz", "/readyz"] {
                let answer = try await caller.get(path)
                guard answer.status == 200 else {
                    return .wrong(
                        "server", "\(caller.url)\(path) answers \(answer.status): \(answer.text.prefix(200))",
                        mend: "Look at what the server logs on standard error.")
                }
            }
            return .ok("server", "\(caller.url) is ready.")
        } catch {
            return .wrong(
                "server", "\(caller.url) does not answer: \(error).",
                mend: "Look at what the server logs on standard error, and start it again.")
        }
    }

    /// From here the public URL may not be reachable, where it is from outside.
    private func outside(_ url: String) async -> Finding {
        let caller = Caller(url, trustsAnyCertificate: false)
        let mend =
            "Correct listen.public_url, or whatever stands between the outside and the server; tokens and "
            + "discovery name this URL."
        let finding: Finding
        do {
            let answer = try await caller.get("/healthz")
            finding =
                answer.status == 200
                ? .ok("public URL", "\(url) leads to the server.")
                : .wrong("public URL", "\(url)/healthz answers \(answer.status), not as the server does.", mend: mend)
        } catch {
            finding = .note("public URL", "\(url) cannot be reached from here: \(error).", mend: mend)
        }
        await caller.close()
        return finding
    }

    private func publishedKeys(_ caller: Caller) async -> Finding {
        let name = "published keys"
        let path = "/.well-known/jwks.json"
        do {
            let answer = try await caller.get(path)
            let kids = answer.json?["keys"]?.array?.compactMap { $0["kid"]?.string } ?? []
            let current = house.directory.snapshot.signingKeys.first { $0.retiredAt == nil }?.kid
            guard let current, kids.contains(current) else {
                return .wrong(
                    name, "\(caller.url)\(path) does not list the key that signs (\(current ?? "there is none")).",
                    mend: "Make sure that this server serves \(house.place.words), and start it again.")
            }
            return .ok(name, "Keys at \(caller.url)\(path): \(kids.count).")
        } catch {
            return .wrong(name, "\(caller.url)\(path) does not answer: \(error).", mend: "Look at the server's log.")
        }
    }

    private func discovery(_ caller: Caller, _ publicURL: String) async -> Finding {
        let path = "/federation/.well-known/openid-configuration"
        do {
            let issuer = try await caller.get(path).json?["issuer"]?.string ?? ""
            guard issuer == publicURL + "/federation" else {
                return .wrong(
                    "discovery", "\(caller.url)\(path) names the issuer “\(issuer)”, not \(publicURL)/federation.",
                    mend: "Start the server again, so that it takes up listen.public_url.")
            }
            return .ok("discovery", "The issuer is \(issuer).")
        } catch {
            return .wrong(
                "discovery", "\(caller.url)\(path) does not answer: \(error).", mend: "Look at the server's log.")
        }
    }
}

extension House {
    /// The agent that plays ask, with whose it is: only the guide, which costs nothing.
    var guide: (agent: Agent, account: Account)? {
        let snapshot = directory.snapshot
        guard let guide = snapshot.agentsByCode[Agent.guideCode], let account = snapshot.accounts[guide.account],
            guide.source.upstream == UpstreamSettings.guideName
        else { return nil }
        return (guide, account)
    }
}
