import ArgumentParser
import Foundation
import Wire

/// `rialto doctor`: what is wrong, and how to mend it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check everything, and say how to mend what is wrong.",
        discussion: "Reads config, data and keys, asks each upstream, and plays a client of the running server.")

    @OptionGroup var place: DataOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let doctor = Doctor(
            data: place.data, store: place.store, config: place.config,
            environment: ProcessInfo.processInfo.environment)
        let findings = await doctor.examine()
        let report = Report(findings)
        Console.out(output.json ? report.json.render() : report.text)
        if findings.contains(where: \.isWrong) { throw ExitCode.failure }
    }
}
