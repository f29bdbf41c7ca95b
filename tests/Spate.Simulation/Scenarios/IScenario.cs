namespace Spate.Simulation.Scenarios;

/// <summary>Some of those who live in a world, and what they are held to.</summary>
internal interface IScenario
{
    /// <summary>They begin to live.</summary>
    void Begin();

    /// <summary>Nothing goes wrong any more: they do what they are asked, and no more than that.</summary>
    void Calm();

    /// <summary>They come to an end of what they are at.</summary>
    void Finish();

    /// <summary>What is held when all has settled.</summary>
    void Close();
}
