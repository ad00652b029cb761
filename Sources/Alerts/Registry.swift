// Every alert output there is, in the order of presenting: the most urgent sense first.

/// One line an output.
package let alertOutputs: [any AlertOutput.Type] = [
    ToneAlert.self,
    SpeechAlert.self,
    SonificationAlert.self,
    BreathAlert.self,
    TerminalAlert.self,
    HapticAlert.self,
    NotificationAlert.self,
]

/// The names of all outputs: each has its vector file `NAME.golden`.
package var alertOutputNames: [String] { alertOutputs.map { $0.name } }

/// The outputs that a setup asks for, in the registry's order.
package func makeAlertOutputs(_ setup: AlertSetup) -> [any AlertOutput] {
    alertOutputs.compactMap { $0.init(setup) }
}
