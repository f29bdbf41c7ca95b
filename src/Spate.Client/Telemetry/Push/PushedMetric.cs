namespace Spate.Client.Telemetry.Push;

/// <summary>One value on its way to a broker.</summary>
/// <param name="Name">Its name as KIP-714 gives it.</param>
/// <param name="Value">The value: a count since the client was made when it is a sum.</param>
/// <param name="IsSum">Whether it only grows.</param>
/// <param name="Label">What it holds for, as name and value; null for the whole client.</param>
internal readonly record struct PushedMetric(string Name, double Value, bool IsSum, (string Name, string Value)? Label);
