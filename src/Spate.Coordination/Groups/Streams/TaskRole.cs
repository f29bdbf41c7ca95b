namespace Spate.Coordination.Groups.Streams;

/// <summary>In which way a member has a task.</summary>
internal enum TaskRole
{
    /// <summary>It does the work.</summary>
    Active,

    /// <summary>It keeps a copy of the state, to go on with when the active one is lost.</summary>
    Standby,

    /// <summary>It makes a copy of the state, to take the work over when it is complete.</summary>
    Warmup,
}
