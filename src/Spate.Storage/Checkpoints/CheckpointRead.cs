namespace Spate.Storage.Checkpoints;

/// <summary>
/// What reading a checkpoint gave. A corrupt one is a value and no exception, because everything in a checkpoint can be found again from
/// the logs themselves: the reader decides how, and says <see cref="Fault"/> in its log.
/// </summary>
/// <param name="Condition">Whether the file was there and could be read.</param>
/// <param name="Content">What it says; empty unless <see cref="CheckpointCondition.Whole"/>.</param>
/// <param name="Fault">One sentence naming the file, the line and what is wrong with it; null unless it is corrupt.</param>
/// <typeparam name="TContent">The form in which the content is handed out.</typeparam>
public sealed record CheckpointRead<TContent>(CheckpointCondition Condition, TContent Content, string? Fault);
