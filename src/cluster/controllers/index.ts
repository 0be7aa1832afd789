export { createControllers, type ControllerOptions, type Controllers } from './controllers.js';
