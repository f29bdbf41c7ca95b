namespace Spate.Conformance.Clients;

/// <summary>A driver: a small program that does with one client what the tests ask for.</summary>
/// <param name="Client">The client's name.</param>
/// <param name="Interpreter">What runs it.</param>
/// <param name="Script">The driver itself.</param>
/// <param name="Environment">What it must find in its environment.</param>
internal sealed record ClientProgram(string Client, string Interpreter, string Script, params (string Name, string Value)[] Environment);
