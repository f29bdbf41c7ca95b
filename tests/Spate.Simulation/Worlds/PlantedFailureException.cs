namespace Spate.Simulation.Worlds;

/// <summary>What the simulated machinery fails with, by which it is told from what breaks by itself.</summary>
internal sealed class PlantedFailureException(string what) : IOException(what);
