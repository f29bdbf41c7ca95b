namespace Spate.Protocol.Wire;

/// <summary>Record bytes that are sent in front of what the writer's buffer holds at a position.</summary>
internal readonly record struct Splice(int Position, FramePart Part);
